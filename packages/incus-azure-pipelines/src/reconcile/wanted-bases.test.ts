import type { PackageMetadata } from 'azure-pipelines-client';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ScriptedIncus } from '../../test/scripted-incus.js';
import { aBase, aPool } from '../../test/simulation/examples.js';
import { FakeClock, settled } from '../../test/simulation/fake-clock.js';
import { planBase } from '../execute/base/plan-base.js';
import { WayOut } from '../lib/way-out.js';
import type { BaseRecord } from '../model/agent.js';
import { MARKS } from '../model/marks.js';
import { knownValue } from '../model/observed.js';
import type { BaseSpec } from '../model/pool.js';
import { WantedBases, type WantedBasesParts } from './wanted-bases.js';

const HOUR_MS = 3_600_000;
/** The first half of the day is over: owner 800000 refreshes at noon. */
const MORNING = Date.UTC(2026, 0, 10, 6);
const signal = new AbortController().signal;

let incus: ScriptedIncus;
let clock: FakeClock;
let image: string;
let agent: number | Error;
let bases: BaseRecord[];
let told: unknown[];

beforeEach(async () => {
  incus = await ScriptedIncus.start(call => (call.startsWith('GET /1.0/images/aliases/') ? { target: image } : {}));
  clock = new FakeClock(MORNING);
  image = 'image-1';
  agent = 1;
  bases = [];
  told = [];
});
afterEach(() => incus[Symbol.asyncDispose]());

function parts(change: Partial<BaseSpec> = {}): WantedBasesParts {
  const spec = aPool({ base: { ...aPool().base, image: { kind: 'local', alias: 'debian' }, ...change } });
  const latest = async (): Promise<PackageMetadata> => {
    if (agent instanceof Error) throw agent;
    const version = { major: 4, minor: agent, patch: 0 };
    return {
      type: 'agent',
      platform: 'linux-x64',
      version,
      downloadUrl: 'https://a.example',
      hashValue: 'a'.repeat(64),
    };
  };
  const azure = { url: 'https://dev.example', packages: { latest, get: latest } };
  return {
    incus: incus.client,
    clock,
    owner: '800000',
    architecture: 'x86_64',
    wayOut: new WayOut(),
    pools: new Map([[spec.name, { spec, azure }]]),
    emit: (name, event) => told.push({ name, event }),
    random: () => 0.5,
    readBases: async () => ({ known: true, value: bases, at: clock.now() }),
  };
}

function wantedBases(change?: Partial<BaseSpec>): WantedBases {
  return new WantedBases(parts(change));
}

async function wanted(change?: Partial<BaseSpec>): Promise<string | undefined> {
  const looking = wantedBases(change);
  await looking.resolve(signal);
  return knownValue(looking.readings.get('linux'));
}

/** Has the base that would be made now from now on, and returns its name. */
async function build(change?: Partial<BaseSpec>): Promise<string> {
  const given = parts(change);
  const [pool] = given.pools.values();
  if (pool === undefined) throw new Error('there is no pool');
  const { name, own } = await planBase(pool, given, signal);
  expect(await wanted(change)).toBe(name);
  bases.push(aBase(name, { own, createdAt: clock.now(), checkedAt: clock.now() }));
  return name;
}

test('a newer image and a newer agent wait for the refresh, and are then taken', async () => {
  const first = await build();
  image = 'image-2';
  agent = 2;
  expect(await wanted()).toBe(first);
  await clock.advance(6 * HOUR_MS - 1);
  expect(await wanted()).toBe(first);
  await clock.advance(1);
  const second = await build();
  expect(second).not.toBe(first);
  agent = 3;
  expect(await wanted()).toBe(second);
  await clock.advance(24 * HOUR_MS);
  expect(await wanted()).not.toBe(second);
});

test('what a person changes is taken at once, and taken back to the base that is there', async () => {
  const first = await build();
  const changed = await wanted({ docker: !aPool().base.docker });
  expect(changed).not.toBe(first);
  expect(await wanted()).toBe(first);
});

test('a base that is still the newest is marked so by a daemon, and by nobody who only looks', async () => {
  const first = await build();
  await clock.advance(6 * HOUR_MS);
  expect(await wanted()).toBe(first);
  expect(incus.calls.filter(({ call }) => call.startsWith('PATCH'))).toEqual([]);
  await wantedBases().resolve(signal, { isNoted: true });
  const patch = incus.calls.find(({ call }) => call === `PATCH /1.0/instances/${first}`);
  expect(JSON.parse(patch?.body.toString() ?? '{}')).toEqual({
    config: { [MARKS.baseCheckedAt]: String(clock.now()) },
  });
});

test('a server that cannot be asked leaves the pool with its base, and is told of once', async () => {
  const first = await build();
  await clock.advance(6 * HOUR_MS);
  agent = new Error('no route');
  const looking = wantedBases();
  expect(await looking.resolve(signal)).toBe(false);
  expect(await looking.resolve(signal)).toBe(false);
  expect(knownValue(looking.readings.get('linux'))).toBe(first);
  const of = 'what is newer than the base of pool "linux"';
  expect(told).toEqual([{ name: 'reading-changed', event: { of, known: false, error: 'no route' } }]);
  agent = 1;
  expect(await looking.resolve(signal)).toBe(true);
  expect(told.at(-1)).toMatchObject({ event: { of, known: true } });
});

test('without a base nothing is wanted while the server cannot be asked', async () => {
  agent = new Error('no route');
  const looking = wantedBases();
  expect(await looking.resolve(signal)).toBe(false);
  expect(looking.readings.get('linux')).toMatchObject({ known: false, error: 'no route' });
});

test('a refresh that is off takes nothing newer, until a person asks for it', async () => {
  const off = { refreshMs: undefined };
  const first = await build(off);
  image = 'image-2';
  await clock.advance(100 * HOUR_MS);
  const looking = wantedBases(off);
  await looking.resolve(signal);
  expect(knownValue(looking.readings.get('linux'))).toBe(first);
  const [asked] = await looking.refresh(['linux'], signal);
  expect(asked).not.toBe(first);
  await looking.resolve(signal);
  expect(knownValue(looking.readings.get('linux'))).toBe(asked);
});

test('does not look for a pool that is taken away while it is looked at', async () => {
  await build();
  const given = parts();
  const pools = new Map(given.pools);
  let reads = 0;
  const readBases = async () => {
    reads += 1;
    pools.clear();
    return { known: true, value: bases, at: clock.now() } as const;
  };
  const stop = new AbortController();
  const following = new WantedBases({ ...given, pools, readBases }).follow(() => {}, stop.signal);
  await rested(() => reads === 1);
  await clock.advance(5.5 * HOUR_MS);
  expect(clock.nextAt).toBe(clock.now() + HOUR_MS);
  stop.abort();
  await following;
});

test('looks again at the time of the refresh, and when it is rung', async () => {
  await build();
  const stop = new AbortController();
  let looks = 0;
  const looking = wantedBases();
  const following = looking.follow(() => {
    looks += 1;
  }, stop.signal);
  await rested(() => looks === 1);
  looking.ring();
  await rested(() => looks === 2);
  await clock.advance(HOUR_MS - 1);
  await clock.advance(1);
  await rested(() => looks === 3);
  stop.abort();
  await following;
});

/** Lets what is under way run on until it rests. */
async function rested(holds: () => boolean): Promise<void> {
  while (!holds() || clock.sleeping === 0) await settled();
}

test('pools that change are looked at anew: what was named for another base, or another pool, counts no more', async () => {
  const given = parts();
  const pool = [...given.pools.values()][0];
  if (pool === undefined) throw new Error('there is no pool');
  const pools = new Map([
    ['stays', { ...pool, spec: { ...pool.spec, name: 'stays' } }],
    ['changes', { ...pool, spec: { ...pool.spec, name: 'changes' } }],
    ['goes', { ...pool, spec: { ...pool.spec, name: 'goes' } }],
  ]);
  const looking = new WantedBases({ ...given, pools });
  await looking.resolve(signal);
  const before = new Map(pools);
  pools.delete('goes');
  const { spec } = pool;
  pools.set('changes', {
    ...pool,
    spec: { ...spec, name: 'changes', base: { ...spec.base, docker: !spec.base.docker } },
  });
  looking.takePools(before);
  expect([...looking.readings.keys()]).toEqual(['stays']);
  await looking.resolve(signal);
  const named = [...looking.readings.values()].map(reading => knownValue(reading));
  expect([looking.readings.size, new Set(named).size]).toEqual([2, 2]);
});
