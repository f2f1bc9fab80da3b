import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { HOST, ONE_POOL, useConfigFolder } from '../../test/config-folder.js';
import { loadConfig } from './load.js';
import { formatMessage } from './message.js';

const { path, read, write } = useConfigFolder();

describe('warnings', () => {
  const withUrl = (url: string) => ONE_POOL.replace('https://dev.azure.com/contoso/', `"${url}"`);
  it.each([
    [
      `${ONE_POOL}maxCores: 16\n`,
      '4:11: warning: maxCores: this host has 8 cores; jobs will see 8; write maxCores: 8 to say so',
    ],
    [
      `${ONE_POOL}maxRamInGb: 64\n`,
      '4:13: warning: maxRamInGb: this host has only 32 GiB of memory; write less, so that one job cannot use up the host',
    ],
    [
      `${ONE_POOL}reserve: 3\n`,
      '4:10: warning: reserve: 3 booted instances wait behind 2 agents, and most will never be needed; reserve: 2 is enough',
    ],
    [
      `${ONE_POOL}diskSizeInGb: 20\n`,
      '4:15: warning: diskSizeInGb: on btrfs a quota switches quotas on for the whole storage pool, for good, and each deletion then costs some 2 s of CPU; delete it if the storage pool is btrfs',
    ],
    [
      `${ONE_POOL}env: {NPM_TOKEN: x}\n`,
      '4:18: warning: env.NPM_TOKEN: looks like a secret, and everybody who sees the agent pool can read it; make it a secret variable of the pipeline',
    ],
    [
      `${ONE_POOL}http: {host: 0.0.0.0}\n`,
      '4:14: warning: http.host: the page and metrics on "0.0.0.0" are open to other machines, without a password; keep 127.0.0.1 unless a firewall stands before it',
    ],
    [
      withUrl('http://dev.azure.com/contoso'),
      '3:26: warning: azure.url: uses http, so the token crosses the network in clear; write url: https://dev.azure.com/contoso',
    ],
    [
      withUrl('https://tfs.example.com'),
      '3:26: warning: azure.url: names no collection; Azure DevOps Server needs one, as in https://tfs.example.com/DefaultCollection',
    ],
  ])('%#', async (text, wanted) => {
    const { warnings } = await read(text);
    expect(warnings.map(message => formatMessage({ ...message, file: '' }).slice(1))).toEqual([wanted]);
  });

  it.each([
    'http://127.0.0.1:8080/c',
    'http://[::1]:8080/c',
    'http://10.1.2.3/c',
    'http://tfs/c',
    'http://tfs.lan/c',
    'https://contoso.visualstudio.com/DefaultCollection',
  ])('keeps quiet about %s', async url => {
    expect((await read(withUrl(url))).warnings).toEqual([]);
  });

  it('says when everybody can read the token, in this file or in its own', async () => {
    const own = await loadConfig(await write('open.yaml', ONE_POOL, 0o644), HOST);
    await write('pat', 'token\n', 0o644);
    const other = await read(ONE_POOL.replace('pat: token', 'pat: {file: pat}'));
    expect([...own.warnings, ...other.warnings].map(message => [message.problem, message.remedy])).toEqual([
      ['every user of this host can read the token in this file', `run: chmod o-rwx ${path('open.yaml')}`],
      ['every user of this host can read the file', `run: chmod o-rwx ${path('pat')}`],
    ]);
  });

  it('says so of the password of the proxies', async () => {
    const proxy = 'proxy: {http: "http://proxy.example:3128", user: builds, password: hush}\n';
    const { warnings } = await loadConfig(await write('open.yaml', `${withUrl('http://tfs/c')}${proxy}`, 0o640), HOST);
    expect(warnings).toEqual([]);
    const open = await loadConfig(await write('open.yaml', `${ONE_POOL}${proxy}`, 0o644), HOST);
    expect(open.warnings.map(message => [message.key, message.problem])).toEqual([
      ['azure.pat', 'every user of this host can read the token in this file'],
      ['proxy.password', 'every user of this host can read the password in this file'],
    ]);
  });

  it('says which devices of guests this host lacks, where Incus is on it', async () => {
    const sources = ['/dev/fuse', '/dev/kvm', '/dev/dri/renderD999'];
    const devices = sources.map((source, i) => `  d${i}: {type: unix-char, source: ${source}}\n`).join('');
    const messagesFor = async (incus: string) =>
      (await read(`${ONE_POOL}${incus}devices:\n${devices}`)).warnings.map(message => [message.key, message.problem]);
    const lacking = sources.flatMap((source, i) =>
      existsSync(source)
        ? []
        : [[`devices.d${i}.source`, `this host has no device ${source}, and makes no instance without it`]],
    );
    expect(await messagesFor('')).toEqual(lacking);
    expect(await messagesFor('incus: {url: "https://incus.example:8443"}\n')).toEqual([]);
  });

  it('says that jobs share what they write to a volume, unless it is read only', async () => {
    const warningsOf = async (readonly: string) => {
      const volume = `{type: disk, pool: fast, source: cache, path: /srv/cache${readonly}}`;
      const { warnings } = await read(`${ONE_POOL}devices: {cache: ${volume}}\n`);
      return warnings.map(message => formatMessage({ ...message, file: '' }).slice(1));
    };
    const wanted =
      '4:18: warning: devices.cache: jobs share what they write there, so that one can change what later ones use; write readonly: true unless that is wanted';
    for (const readonly of ['', ', readonly: false', ', readonly: "false"'])
      expect(await warningsOf(readonly)).toEqual([wanted]);
    for (const readonly of [', readonly: true', ', readonly: "true"']) expect(await warningsOf(readonly)).toEqual([]);
  });

  it('says when a script is empty or has Windows line ends', async () => {
    await write('empty.sh', '\n');
    await write('windows.sh', '#!/bin/sh\r\ntrue\r\n');
    const { warnings } = await read(`${ONE_POOL}provisionScripts: [empty.sh, windows.sh]\n`);
    expect(warnings.map(message => message.key)).toEqual(['provisionScripts[0]', 'provisionScripts[1]']);
  });
});
