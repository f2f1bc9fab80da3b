import { describe, expect, it } from 'vitest';
import { HOST, ONE_POOL, useConfigFolder } from '../../test/config-folder.js';
import { DAYS } from '../model/standby.js';
import { loadConfig } from './load.js';

const { path: pathOf, read, write } = useConfigFolder();

describe('the first example of all', () => {
  const example = (script: string) => `projectName: azure-pipelines
agentCount: 2
baseImage: ubuntu/24.04
maxCores: 8
maxRamInGb: 4
tmpfsSizeInGb: 12
provisionScripts:
- ${script}
azure:
  pat: myVerySecretPatHere
  url: https://dev.azure.com/contoso
  pool: myAgentPool
`;

  it('loads, with a word on its placeholder and its /tmp', async () => {
    const path = await write('example.yaml', example(await write('script', '#!/bin/sh\ntrue\n')));
    const { spec, warnings } = await loadConfig(path, HOST);
    expect(warnings.map(message => [message.line, message.key, message.severity])).toEqual([
      [6, 'tmpfsSizeInGb', 'warning'],
      [10, 'azure.pat', 'warning'],
    ]);
    expect(spec).toEqual({
      project: 'azure-pipelines',
      pools: [
        {
          name: 'myAgentPool',
          azure: { url: 'https://dev.azure.com/contoso', agentPool: 'myAgentPool' },
          agentCount: 2,
          standby: 2,
          reserve: 1,
          reserveListening: false,
          registration: 'auto',
          agentPrefix: 'ci-1',
          base: {
            image: {
              kind: 'any',
              alias: 'ubuntu/24.04',
              server: { url: 'https://images.linuxcontainers.org', protocol: 'simplestreams', certificate: undefined },
            },
            isMade: false,
            provisionScripts: [{ path: pathOf('script'), content: '#!/bin/sh\ntrue\n', when: 'after' }],
            docker: true,
            tmpfsSizeBytes: 12 * 2 ** 30,
            agent: { kind: 'latest' },
            refreshMs: 86_400_000,
          },
          instance: { cores: 8, memoryBytes: 4 * 2 ** 30, diskSizeBytes: undefined, maxProcesses: 10_000 },
          environment: {},
          timeouts: {
            preparationMs: 180_000,
            startupGraceMs: 300_000,
            offlineGraceMs: 300_000,
            idleMs: 600_000,
            powerOffMs: 60_000,
            maxJobMs: undefined,
            orphanGraceMs: 300_000,
          },
        },
      ],
      reconcileIntervalMs: 15_000,
      azurePollIntervalMs: 10_000,
      maxConcurrentCreates: 8,
      stateDirectory: '/var/lib/incus-azure-pipelines',
      controlSocketPath: '/run/incus-azure-pipelines/control.sock',
      http: { host: '127.0.0.1', port: 9273 },
      incus: { kind: 'unix', socketPath: undefined },
      network: { allow: [], ipv4: true, ipv6: false, address: undefined },
    });
  });

  it('is told of the script when it is not there', async () => {
    await expect(read(example('/nowhere/script'))).rejects.toThrow(
      'config.yaml:8:3: provisionScripts[0]: there is no file /nowhere/script; put the file there, or correct the path',
    );
  });
});

describe('pools', () => {
  it('take from what stands beside them what they do not say', async () => {
    const { spec } = await read(`${ONE_POOL}maxCores: 4
env: {A: shared, B: shared}
pools:
- name: small
- name: large
  agentCount: 5
  env: {B: own}
  azure: {pool: Large}
`);
    expect(spec.pools.map(pool => [pool.name, pool.agentCount, pool.azure.agentPool, pool.instance.cores])).toEqual([
      ['small', 2, 'Default', 4],
      ['large', 5, 'Large', 4],
    ]);
    expect(spec.pools[1]?.azure.url).toBe('https://dev.azure.com/contoso');
    expect(spec.pools.map(pool => pool.environment)).toEqual([
      { A: 'shared', B: 'shared' },
      { A: 'shared', B: 'own' },
    ]);
  });

  it('have the day on which their own token expires', async () => {
    const { spec } = await read(`${ONE_POOL.replace('Default}', 'Default, patExpires: 2027-01-31}')}pools:
- name: same
- name: other
  azure: {pat: another}
- name: own
  azure: {pat: another, patExpires: 2028-02-29}
`);
    const days = spec.pools.map(({ tokenExpiresAt: at }) => at && new Date(at).toISOString());
    expect(days).toEqual(['2027-01-31T00:00:00.000Z', undefined, '2028-02-29T00:00:00.000Z']);
  });

  it('are paused by agentCount: 0 alone', async () => {
    const { spec, warnings } = await read(`${ONE_POOL.replace('2', '0')}standby: 1\nreserve: 2\n`);
    expect(spec.pools[0]).toMatchObject({ agentCount: 0, standby: 0, reserve: 0 });
    expect(warnings).toEqual([]);
  });
});

describe('a standby that follows the clock', () => {
  const list = (written: string) => `${ONE_POOL.replace('2', '6')}standby:\n${written}`;

  it('has its hours in order, and what is written last at all other times', async () => {
    const { spec } = await read(
      list(`- {days: [sat, sun], standby: 2, timezone: Europe/Berlin}
- {from: 07:00, to: 19:30, standby: 5}
- {standby: 1}
`),
    );
    expect(spec.pools[0]).toMatchObject({
      standby: 1,
      standbyHours: [
        { standby: 2, days: ['sat', 'sun'], fromMinute: 0, toMinute: 1_440, timezone: 'Europe/Berlin' },
        { standby: 5, days: DAYS, fromMinute: 420, toMinute: 1_170, timezone: 'UTC' },
      ],
    });
  });

  it('is one number where it has no hours', async () => {
    const { spec } = await read(list('- {standby: 3}\n'));
    expect(spec.pools[0]).toMatchObject({ standby: 3 });
    expect(spec.pools[0]).not.toHaveProperty('standbyHours');
  });
});

describe('values', () => {
  it('reads variables as they are written', async () => {
    const { spec } = await read(`${ONE_POOL}env: {VERSION: 1.10, DEBUG: true, EMPTY: "", MODE: 0755}\n`);
    expect(spec.pools[0]?.environment).toEqual({ VERSION: '1.10', DEBUG: 'true', EMPTY: '', MODE: '0755' });
  });

  it('reads capabilities as text, by name from both places, and has the host register for them', async () => {
    const { spec } = await read(`${ONE_POOL}capabilities: {gpu: true, disk: 1.50}
pools:
- name: a
- name: b
  capabilities: {gpu: a100}
`);
    expect(spec.pools.map(({ capabilities, registration }) => [capabilities, registration])).toEqual([
      [{ gpu: 'true', disk: '1.50' }, 'host'],
      [{ gpu: 'a100', disk: '1.50' }, 'host'],
    ]);
  });

  it('reads variables of several lines, in every way that YAML writes them', async () => {
    const { spec } = await read(
      `${ONE_POOL}env:\n  KEPT: |\n    one\n\n     two\n  FOLDED: >-\n    one\n    two\n  QUOTED: "a\\n\\tb\\e"\n`,
    );
    expect(spec.pools[0]?.environment).toEqual({ KEPT: 'one\n\n two\n', FOLDED: 'one two', QUOTED: 'a\n\tb\u001b' });
  });

  it('takes a variable up to the length that Linux starts programs with', async () => {
    const withLength = (length: number) => read(`${ONE_POOL}env: {A: "${'x'.repeat(length - 2)}"}\n`);
    await expect(withLength(131_071)).resolves.toBeDefined();
    await expect(withLength(131_072)).rejects.toThrow(/env\.A: has 131072 bytes .*; put it into a file of the base/);
  });

  it('reads where jobs work', async () => {
    expect((await read(`${ONE_POOL}workFolder: /mnt/fast/work\n`)).spec.pools[0]?.workFolder).toBe('/mnt/fast/work');
  });

  it('reads sizes as GiB and durations as milliseconds', async () => {
    const { spec } = await read(
      `${ONE_POOL}maxRamInGb: 1.5\ndiskSizeInGb: 20\nreconcileInterval: 1h\nofflineGracePeriod: 1m30s\n`,
    );
    expect(spec.pools[0]?.instance).toMatchObject({ memoryBytes: 1_610_612_736, diskSizeBytes: 21_474_836_480 });
    expect(spec.pools[0]?.timeouts.offlineGraceMs).toBe(90_000);
    expect(spec.reconcileIntervalMs).toBe(3_600_000);
  });

  it('serves no metrics with http: false', async () => {
    expect((await read(`${ONE_POOL}http: false\n`)).spec.http).toBeUndefined();
  });

  it('reaches an Incus on the network with files beside the configuration', async () => {
    await write('client.crt', '-----BEGIN CERTIFICATE-----\n');
    await write('client.key', '-----BEGIN PRIVATE KEY-----\n');
    await write('server.crt', '-----BEGIN CERTIFICATE-----\n');
    const target = async (more: string) => {
      const files = `certificate: client.crt, key: client.key${more}`;
      const incus = `incus: {url: "https://incus.example:8443/", ${files}}`;
      return (await read(`${ONE_POOL}maxCores: 64\n${incus}\n`)).spec.incus;
    };
    const named = {
      kind: 'https',
      url: 'https://incus.example:8443',
      certificatePath: pathOf('client.crt'),
      keyPath: pathOf('client.key'),
    };
    expect(await target('')).toEqual({ ...named, serverCertificatePath: undefined });
    expect(await target(', serverCertificate: server.crt')).toEqual({
      ...named,
      serverCertificatePath: pathOf('server.crt'),
    });
  });
});

describe('baseImage', () => {
  const servers =
    'imageServer: {url: "https://images.example/", certificate: ca.crt}\nremotes: {mirror: {url: "https://mirror.example", protocol: incus}}\n';
  const images = {
    url: 'https://images.example',
    protocol: 'simplestreams',
    certificate: '-----BEGIN CERTIFICATE-----\n',
  };
  const mirror = { url: 'https://mirror.example', protocol: 'incus', certificate: undefined };

  it.each([
    ['debian/13', { kind: 'any', alias: 'debian/13', server: images }],
    ['images:debian/13', { kind: 'server', alias: 'debian/13', server: images }],
    ['local:debian/13', { kind: 'local', alias: 'debian/13' }],
    ['mirror:debian/13', { kind: 'server', alias: 'debian/13', server: mirror }],
  ])('%s', async (written, source) => {
    await write('ca.crt', images.certificate);
    const { spec } = await read(`${ONE_POOL.replace('debian/13', written)}${servers}`);
    expect(spec.pools[0]?.base.image).toEqual(source);
  });
});

describe('a file that cannot be read', () => {
  it.each([
    ['nowhere.yaml', 'there is no file'],
    ['.', 'is a directory'],
  ])('is told of: %s', async (name, problem) => {
    await expect(loadConfig(pathOf(name), HOST)).rejects.toThrow(problem);
  });
});
