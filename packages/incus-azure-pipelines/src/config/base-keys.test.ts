import { describe, expect, it } from 'vitest';
import { ONE_POOL, useConfigFolder } from '../../test/config-folder.js';

const { path: pathOf, read, write } = useConfigFolder();

const baseOf = async (text: string) => (await read(`${ONE_POOL}${text}\n`)).spec.pools[0]?.base;

describe('provisionScripts', () => {
  it('run after all else, or before where that is said', async () => {
    await write('one.sh', 'echo one\n');
    const base = await baseOf('provisionScripts: [one.sh, {path: one.sh}, {path: one.sh, when: before}]');
    const script = { path: pathOf('one.sh'), content: 'echo one\n' };
    expect(base?.provisionScripts).toEqual([
      { ...script, when: 'after' },
      { ...script, when: 'after' },
      { ...script, when: 'before' },
    ]);
  });
});

describe('aptMirror', () => {
  const URL = 'http://mirror.example/ubuntu';
  const rest = { securityUrl: undefined, suites: undefined, components: undefined, key: undefined };

  it('is a URL', async () => {
    expect((await baseOf(`aptMirror: ${URL}`))?.aptMirror).toEqual({ url: URL, ...rest });
    expect((await baseOf(`aptMirror: {url: "${URL}"}`))?.aptMirror).toEqual({ url: URL, ...rest });
  });

  it('is a map with all that is to be known of it', async () => {
    const key = '-----BEGIN PGP PUBLIC KEY BLOCK-----\n';
    await write('mirror.asc', key);
    const map = `{url: "${URL}", securityUrl: "${URL}-security", suites: [noble], components: [main], key: mirror.asc}`;
    expect((await baseOf(`aptMirror: ${map}`))?.aptMirror).toEqual({
      url: URL,
      securityUrl: `${URL}-security`,
      suites: ['noble'],
      components: ['main'],
      key,
    });
  });

  it('is none unless it is written', async () => {
    expect(await baseOf('')).not.toHaveProperty('aptMirror');
  });
});

describe('network', () => {
  it('of setup has IPv6 in the bases of those on it alone', async () => {
    const network = 'network: {ipv4: false, ipv6: true, address: "fd42:7::1/64"}';
    const { spec } = await read(`${ONE_POOL}${network}\npools:\n- name: there\n- {name: elsewhere, networkName: ci}\n`);
    expect(spec.network).toEqual({ allow: [], ipv4: false, ipv6: true, address: 'fd42:7::1/64' });
    expect(spec.pools.map(pool => pool.base.ipv6)).toEqual([true, undefined]);
  });
});
