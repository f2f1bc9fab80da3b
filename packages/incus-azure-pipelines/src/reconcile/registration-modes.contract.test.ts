import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { EmulatorOptions } from '../../../azure-pipelines-emulator/src/index.js';
import { EmulatedPool } from '../../test/emulated-pool.js';
import { aPool } from '../../test/simulation/examples.js';
import { type Clock, systemClock } from '../lib/clock.js';
import { type Installation, openInstallation } from '../lib/installation.js';
import type { DaemonEvents, Emit } from '../model/event.js';
import type { PoolSpec } from '../model/pool.js';
import { RegistrationModes } from './registration-modes.js';

type Chosen = DaemonEvents['registration-chosen'];

const { signal } = new AbortController();
let installation: Installation;
let pool: EmulatedPool | undefined;
/** What was told, since the last daemon began. */
let told: Chosen[];
/** What was known at each pause, and how long it was. */
let pauses: { readonly mode: unknown; readonly ms: number }[];

beforeEach(async () => {
  installation = await openInstallation(await mkdtemp(join(tmpdir(), 'registration-modes-')));
});

afterEach(async () => {
  await pool?.[Symbol.asyncDispose]();
  await rm(installation.directory, { recursive: true });
});

/** A daemon of this installation begins, with a server that behaves like this. */
async function begin(
  options: EmulatorOptions,
  ...registrations: readonly PoolSpec['registration'][]
): Promise<{ readonly modes: RegistrationModes; readonly pool: EmulatedPool }> {
  await pool?.[Symbol.asyncDispose]();
  const begun = await EmulatedPool.start(options);
  pool = begun;
  told = [];
  pauses = [];
  const specs = registrations.map((registration, n) => aPool({ name: `pool-${n}`, registration, agentCount: 1 }));
  const clock: Clock = {
    now: () => Date.now(),
    sleep: async ms => {
      pauses.push({ mode: modes.of('pool-0'), ms });
    },
  };
  const modes: RegistrationModes = new RegistrationModes({
    pools: new Map(specs.map(spec => [spec.name, { spec, registrationTarget: async () => begun.impatient }])),
    keys: begun.keys,
    clock,
    emit: (name, event) => name === 'registration-chosen' && told.push(event as Chosen),
    installation,
    random: () => 0.5,
  });
  return { modes, pool: begun };
}

it('lets the host register where the server takes it, with keys for its agents', async () => {
  const { modes, pool } = await begin({}, 'auto');
  expect(modes.of('pool-0')).toMatchObject({ kind: 'probing', why: expect.stringMatching(/\S/) });
  let rings = 0;
  await modes.follow(() => rings++, signal);
  expect([...modes.modes]).toEqual([['pool-0', { kind: 'host' }]]);
  expect(told).toEqual([{ pools: ['pool-0'], mode: 'host', refusal: undefined }]);
  expect(rings).toBe(1);
  expect(pool.keysWanted).toBe(32);
});

it.each([
  [{ refuseKeys: true }, 'registration with a key'],
  [{ refuseAssertions: true }, 'token for an assertion'],
] as const)('leaves it to the guest where the server refuses: %o', async (options, step) => {
  const { modes, pool } = await begin(options, 'auto');
  await modes.follow(() => {}, signal);
  expect(modes.of('pool-0')).toEqual({ kind: 'guest' });
  expect(told).toMatchObject([{ mode: 'guest', refusal: { step, why: expect.stringContaining('accepts no') } }]);
  expect(pool.keys.ready).toBe(0);
});

it('knows without asking where the host was accepted once, and is otherwise as unsure as before', async () => {
  const first = await begin({}, 'auto');
  await first.modes.recall();
  expect(first.modes.of('pool-0').kind).toBe('probing');
  await first.modes.follow(() => {}, signal);
  const { modes, pool } = await begin({}, 'auto', 'guest');
  const calls = pool.emulator.calls();
  await modes.recall();
  expect([...modes.modes.values()]).toEqual([{ kind: 'host' }, { kind: 'guest' }]);
  expect(pool.emulator.calls()).toEqual(calls);
});

it('asks a server that refused again when the next daemon begins', async () => {
  const first = await begin({ refuseKeys: true }, 'auto');
  await first.modes.follow(() => {}, signal);
  const { modes } = await begin({}, 'auto');
  await modes.follow(() => {}, signal);
  expect(modes.of('pool-0')).toEqual({ kind: 'host' });
});

it('never falls back where the host was accepted once, and asks no more', async () => {
  const first = await begin({}, 'auto');
  await first.modes.follow(() => {}, signal);
  const { modes, pool } = await begin({ refuseKeys: true }, 'auto');
  await modes.follow(() => {}, signal);
  expect(modes.of('pool-0')).toEqual({ kind: 'host' });
  expect(pool.emulator.calls().filter(call => call.method !== 'GET')).toEqual([]);
});

it('ends with what a person has to mend when it cannot be read what is remembered', async () => {
  await writeFile(join(installation.directory, 'host-registration'), 'no folder');
  const { modes, pool } = await begin({}, 'auto');
  await expect(modes.follow(() => {}, signal)).rejects.toThrow(
    /host-registration\/\w+ cannot be read .*; mend that, or/,
  );
  expect(pool.emulator.deletedAgents()).toEqual([]);
});

it('waits, says why, and asks again while the server gives no clear answer', async () => {
  const { modes, pool } = await begin({}, 'auto');
  pool.emulator.failNext({ kind: 'throttled', method: 'POST', path: /\/agents$/, retryAfterS: 1 });
  pool.emulator.failNext({ kind: 'server-error', method: 'POST', path: /\/token$/, times: 2 });
  await modes.follow(() => {}, signal);
  expect(pauses).toMatchObject([
    { ms: 5_000, mode: { kind: 'probing', why: expect.stringContaining('429') } },
    { ms: 10_000, mode: { kind: 'probing', why: expect.stringContaining('500') } },
    { ms: 20_000, mode: { kind: 'probing', why: expect.stringContaining('500') } },
  ]);
  expect(modes.of('pool-0')).toEqual({ kind: 'host' });
});

it('asks again a server that did not answer', async () => {
  const { modes, pool } = await begin({}, 'auto');
  pool.emulator.failNext({ kind: 'hang', method: 'POST', path: /\/agents$/ });
  await modes.follow(() => {}, signal);
  expect(pauses).toMatchObject([{ mode: { kind: 'probing', why: expect.stringContaining('no whole answer within') } }]);
  expect(modes.of('pool-0')).toEqual({ kind: 'host' });
});

it('keeps to the host that a person asked for, also against a refusal, and tells it', async () => {
  const { modes } = await begin({ refuseKeys: true }, 'host', 'auto');
  expect(modes.of('pool-0')).toEqual({ kind: 'host' });
  await modes.follow(() => {}, signal);
  expect([...modes.modes.values()]).toEqual([{ kind: 'host' }, { kind: 'guest' }]);
  expect(told.map(({ pools, mode }) => [pools, mode])).toEqual([
    [['pool-1'], 'guest'],
    [['pool-0'], 'host'],
  ]);
});

it('asks once for all pools of one agent pool', async () => {
  const { modes, pool } = await begin({}, 'auto', 'auto', 'host');
  await modes.follow(() => {}, signal);
  expect([...modes.modes.values()].map(mode => mode.kind)).toEqual(['host', 'host', 'host']);
  expect(pool.emulator.deletedAgents()).toHaveLength(1);
  expect(pool.keysWanted).toBe(3 * 32);
});

it('asks no more than a registration where the guest registers, and remembers nothing of it', async () => {
  const { modes, pool } = await begin({ refuseAssertions: true }, 'guest');
  expect(modes.of('pool-0').kind).toBe('probing');
  await modes.follow(() => {}, signal);
  expect(modes.of('pool-0')).toEqual({ kind: 'guest' });
  expect(told).toEqual([{ pools: ['pool-0'], mode: 'guest', refusal: undefined }]);
  expect(pool.emulator.deletedAgents()).toHaveLength(1);
  const next = await begin({}, 'auto');
  await next.modes.recall();
  expect(next.modes.of('pool-0').kind).toBe('probing');
});

it('lets the guest register, as it was asked to, where the server refuses keys, without a warning', async () => {
  const { modes } = await begin({ refuseKeys: true }, 'guest');
  await modes.follow(() => {}, signal);
  expect(modes.of('pool-0')).toEqual({ kind: 'guest' });
  expect(told).toMatchObject([{ refusal: undefined }]);
});

it('asks for the guests apart from the others, which need more of the server', async () => {
  const { modes, pool } = await begin({}, 'guest', 'host');
  pool.emulator.failNext({ kind: 'server-error', method: 'POST', path: /\/token$/, times: 1 });
  await modes.follow(() => {}, signal);
  expect(pauses).toMatchObject([{ mode: { kind: 'guest' } }]);
  expect(new Set(pool.emulator.deletedAgents().map(({ name }) => name)).size).toBe(3);
  expect([...modes.modes.values()]).toEqual([{ kind: 'guest' }, { kind: 'host' }]);
});

it.each(['auto', 'host', 'guest'] as const)(
  'ends the daemon, with %s, at a server that gives agents no identity',
  async mode => {
    const { modes } = await begin({ omitAuthorization: true }, mode);
    await expect(modes.follow(() => {}, signal)).rejects.toThrow(/without "authorization", so every agent/);
    expect(told).toEqual([]);
  },
);

it('asks about pools that are new, or for another agent pool, and keeps what is settled of the others', async () => {
  const target = await begin({}, 'auto');
  const make = (name: string, change: Partial<PoolSpec> = {}) => {
    const spec = aPool({ name, registration: 'auto', agentCount: 1, ...change });
    return [name, { spec, registrationTarget: async () => target.pool.impatient }] as const;
  };
  const pools = new Map([make('stays'), make('goes')]);
  const emit: Emit = (name, event) => name === 'registration-chosen' && told.push(event as Chosen);
  const { keys } = target.pool;
  const modes = new RegistrationModes({ pools, keys, clock: systemClock, emit, installation, random: () => 0.5 });
  await modes.follow(() => {}, signal);
  expect(told).toMatchObject([{ pools: ['stays', 'goes'] }]);
  pools.delete('goes');
  pools.set(...make('comes', { azure: { ...aPool().azure, agentPool: 'another' } }));
  modes.takePools();
  expect([...modes.modes]).toEqual([
    ['stays', { kind: 'host' }],
    ['comes', { kind: 'probing', why: expect.any(String) }],
  ]);
  await modes.follow(() => {}, signal);
  expect(told.slice(1)).toMatchObject([{ pools: ['comes'], mode: 'host' }]);
});
