import { expect, test } from 'vitest';
import { startGuardedProxy } from '../../../../testbed/guarded-proxy.js';
import { startEmulator } from '../../../azure-pipelines-emulator/src/index.js';
import { useConfigFolder } from '../../test/config-folder.js';
import { aRegistration, known, unknown } from '../../test/simulation/examples.js';
import { systemClock } from '../lib/clock.js';
import { required } from '../lib/required.js';
import { PoolsInForce } from './pools-in-force.js';

const folder = useConfigFolder();

test('an agent pool is read on while a placeholder is in it, whichever of its pools that was for', async () => {
  const emulator = await startEmulator({ pools: ['default', 'others'] });
  const of = (pools: string) =>
    folder.read(`baseImage: debian/13
agentCount: 1
azure: {pat: ${emulator.token}, url: "${emulator.url}", pool: default}
pools:
${pools}`);
  const { signal } = new AbortController();
  const both = await of('- {name: empty, standby: 0}\n- {name: full}\n');
  const pools = new PoolsInForce({ clock: systemClock, random: () => 0, emit: () => {}, wayOut: both.wayOut });
  pools.take(await pools.prepare(both, signal));
  const [key = ''] = pools.observers.keys();
  pools.take(await pools.prepare(await of('- {name: other, azure: {pool: others}}\n'), signal));

  const agents = known([]);
  pools.keepOnly({ agents, placeholders: new Map([[key, known([aRegistration({ online: false })])]]) });
  expect([...pools.left.keys()]).toEqual([key]);
  pools.keepOnly({ agents, placeholders: new Map([[key, unknown()]]) });
  expect([...pools.left.keys()]).toEqual([key]);
  pools.keepOnly({ agents, placeholders: new Map([[key, known([])]]) });
  expect([...pools.left.keys()]).toEqual([]);

  await pools[Symbol.asyncDispose]();
  await emulator.close();
});

test('another password of the proxies in the configuration is used by all, also by what is under way', async () => {
  const emulator = await startEmulator();
  const routes = new Map([['tfs.corp.example:8080', new URL(emulator.url)]]);
  const proxy = await startGuardedProxy({ user: 'builds', password: 'first', routes });
  const { pathname } = new URL(emulator.url);
  const of = (password: string) =>
    folder.read(`agentCount: 1
baseImage: debian/13
azure: {pat: ${emulator.token}, url: "http://tfs.corp.example:8080${pathname}", pool: default}
proxy: {http: "${proxy.url}", user: builds, password: ${password}}
`);
  const { signal } = new AbortController();
  const first = await of('first');
  const { wayOut } = first;
  const pools = new PoolsInForce({ clock: systemClock, random: () => 0, emit: () => {}, wayOut });
  pools.take(await pools.prepare(first, signal));
  const before = required(pools.parts.get('default')?.azure, 'default');

  proxy.changePassword('second');
  await expect(pools.prepare(await of('wrong'), signal)).rejects.toThrow('does not take its user and password');
  expect((await wayOut.password())?.reveal()).toBe('first');

  pools.take(await pools.prepare(await of('second'), signal));
  expect((await wayOut.password())?.reveal()).toBe('second');
  expect((await before.pools.findByName('default'))?.name).toBe('default');

  await pools[Symbol.asyncDispose]();
  await proxy[Symbol.asyncDispose]();
  await emulator.close();
});
