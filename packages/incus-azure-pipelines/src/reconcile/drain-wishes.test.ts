import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { aPool } from '../../test/simulation/examples.js';
import { type Installation, openInstallation } from '../lib/installation.js';
import { DrainWishes } from './drain-wishes.js';

const pools = [aPool({ name: 'linux' }), aPool({ name: 'big' })];
const host = { kind: 'host', untilBoot: false } as const;
const linux = { kind: 'pool', pool: 'linux' } as const;

let directory: string;
let installation: Installation;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'iap-wishes-'));
  installation = await openInstallation(directory);
});
afterEach(() => rm(directory, { recursive: true }));

/** The wishes as a daemon of this boot, with these pools, finds them. */
function found(boot = 'first', among = pools): Promise<DrainWishes> {
  return DrainWishes.open(installation, among, boot);
}

test('at first nothing is drained', async () => {
  const wishes = await found();
  expect([wishes.pools, wishes.agents]).toEqual([new Set(), new Set()]);
});

test('a drained pool is still drained after the daemon and the host began anew, until it is taken back', async () => {
  await (await found()).drain(linux);
  expect((await found('second')).pools).toEqual(new Set(['linux']));
  await (await found()).resume(linux);
  expect((await found()).pools).toEqual(new Set());
});

test('a drained host drains every pool, those too that are configured later', async () => {
  await (await found()).drain(host);
  expect((await found('second', [...pools, aPool({ name: 'new' })])).pools).toEqual(new Set(['linux', 'big', 'new']));
});

test('a drain until the next boot is over then, and not before', async () => {
  await (await found('first')).drain({ kind: 'host', untilBoot: true });
  expect((await found('first')).pools).toEqual(new Set(['linux', 'big']));
  expect((await found('second')).pools).toEqual(new Set());
});

test('one pool can be taken out of a drained host', async () => {
  const wishes = await found();
  await wishes.drain(host);
  await wishes.resume(linux);
  expect(wishes.pools).toEqual(new Set(['big']));
});

test('a pool that is taken out of a host drained until its next boot does not drain the others for longer', async () => {
  const wishes = await found('first');
  await wishes.drain({ kind: 'host', untilBoot: true });
  await wishes.resume(linux);
  expect((await found('first')).pools).toEqual(new Set(['big']));
  expect((await found('second')).pools).toEqual(new Set());
});

test('of two changes at once neither is lost', async () => {
  const wishes = await found();
  await wishes.drain({ kind: 'agent', agent: 'ci-a1b2c3-mwtxpuqj' });
  await Promise.all([wishes.drain(host), wishes.forget('ci-a1b2c3-mwtxpuqj'), wishes.drain(linux)]);
  expect([(await found()).pools, (await found()).agents]).toEqual([new Set(['linux', 'big']), new Set()]);
  await wishes.resume(linux);
  expect((await found()).pools).toEqual(new Set(['big']));
});

test('wishes that cannot be read are not taken for none', async () => {
  await mkdir(join(directory, 'drained'));
  await expect(found()).rejects.toThrow(/state directory .* cannot be used/);
});

test('a drained agent is forgotten when it is gone, and leaves the others alone', async () => {
  const wishes = await found();
  await wishes.drain({ kind: 'agent', agent: 'ci-a1b2c3-mwtxpuqj' });
  await wishes.drain(linux);
  expect((await found()).agents).toEqual(new Set(['ci-a1b2c3-mwtxpuqj']));
  await wishes.forget('ci-a1b2c3-mwtxpuqj');
  expect([(await found()).agents, (await found()).pools]).toEqual([new Set(), new Set(['linux'])]);
});

test('resume without a name takes every drain back', async () => {
  const wishes = await found();
  await wishes.drain(host);
  await wishes.drain({ kind: 'agent', agent: 'ci-a1b2c3-mwtxpuqj' });
  await wishes.resume(undefined);
  expect([wishes.pools, wishes.agents]).toEqual([new Set(), new Set()]);
});

test('a pool that is not configured is refused, and the others are named', async () => {
  const wishes = await found();
  const unknown = { kind: 'pool', pool: 'mac' } as const;
  await expect(wishes.drain(unknown)).rejects.toThrow('no pool "mac" in the configuration; there are: linux, big');
  await expect(wishes.resume(unknown)).rejects.toThrow('no pool "mac"');
  expect(wishes.pools).toEqual(new Set());
});

test('every change is told', async () => {
  const wishes = await found();
  let changes = 0;
  wishes.onChange(() => {
    changes += 1;
  });
  await wishes.drain(linux);
  await wishes.resume(linux);
  expect(changes).toBe(2);
});

test('pools that are configured while the host is drained are drained with it, and can be named', async () => {
  const wishes = await found();
  await wishes.drain(host);
  wishes.takePools([...pools, aPool({ name: 'new' })]);
  expect(wishes.pools).toEqual(new Set(['linux', 'big', 'new']));
  await wishes.resume({ kind: 'pool', pool: 'new' });
  expect(wishes.pools).toEqual(new Set(['linux', 'big']));
});

test('a host that is drained without placeholders has none until the drain is taken back, and the next drain keeps them', async () => {
  await (await found()).drain({ ...host, removesPlaceholders: true });
  const wishes = await found('second');
  expect(wishes.withoutPlaceholder).toEqual(new Set(['linux', 'big']));
  await wishes.resume(linux);
  expect(wishes.withoutPlaceholder).toEqual(new Set(['big']));
  await wishes.resume({ kind: 'pool', pool: 'big' });
  await wishes.drain(host);
  expect(wishes.withoutPlaceholder).toEqual(new Set());
});
