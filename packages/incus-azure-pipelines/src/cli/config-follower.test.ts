import { rename, rm } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ONE_POOL, useConfigFolder } from '../../test/config-folder.js';
import { FakeClock } from '../../test/simulation/fake-clock.js';
import { TimeLapse } from '../../test/time-lapse.js';
import type { LoadedConfig } from '../config/load.js';
import { PassingError } from '../lib/passing-error.js';
import type { DaemonEvents } from '../model/event.js';
import { ConfigFollower } from './config-follower.js';

const NAME = 'config.yaml';
const START = Date.UTC(2030, 0, 1);
const folder = useConfigFolder();

let clock: FakeClock;
let time: TimeLapse;
let stop: AbortController;
let follower: ConfigFollower;
let following: Promise<void>;
/** Agent counts that the daemon was told to go by. */
let taken: number[];
let told: { readonly name: keyof DaemonEvents; readonly event: object }[];
/** What the daemon says to the next configuration. */
let refusal: Error | undefined;

const of = (agentCount: number | string) => ONE_POOL.replace('agentCount: 2', `agentCount: ${agentCount}`);
/** Each text is to be longer than the one before: clocks of file systems are too slow to tell two that follow each other closely. */
const write = (agentCount: number | string) => folder.write(NAME, of(agentCount));

beforeEach(async () => {
  clock = new FakeClock(START);
  time = new TimeLapse(clock);
  stop = new AbortController();
  taken = [];
  told = [];
  refusal = undefined;
  await write(2);
  follower = await ConfigFollower.open({ path: folder.path(NAME), clock, onWarning: () => {} });
  const reload = async ({ spec }: LoadedConfig) => {
    if (refusal !== undefined) throw refusal;
    taken.push(spec.pools[0]?.agentCount ?? Number.NaN);
  };
  following = follower.follow({ reload }, (name, event) => told.push({ name, event }), stop.signal);
});

afterEach(async () => {
  stop.abort();
  await time.atRest();
  await following;
  time[Symbol.dispose]();
});

test('a file that does not change is read once', async () => {
  await time.pass(60_000);
  expect([taken, told]).toEqual([[], []]);
  expect(follower.status).toEqual({ file: folder.path(NAME), takenAt: START });
});

test('a file that has changed is taken up once it has come to rest', async () => {
  await write(10);
  await time.pass(1_000);
  expect(taken).toEqual([]);
  await write(100);
  await time.pass(1_000);
  expect(taken).toEqual([]);
  await time.pass(1_000);
  expect(taken).toEqual([100]);
  expect(told).toEqual([
    { name: 'configuration-taken', event: { changes: ['pool "Default": agentCount 2 → 100'], at: START + 3_000 } },
  ]);
  expect(follower.status).toEqual({ file: folder.path(NAME), takenAt: START + 3_000 });
});

test('so is one that another was renamed to', async () => {
  await rename(await folder.write('new.yaml', of(3)), folder.path(NAME));
  await time.pass(2_000);
  expect(taken).toEqual([3]);
});

test('who asks for it has it read at once, though nothing has changed: then that is told, and nothing done', async () => {
  follower.ring();
  await time.atRest();
  expect([taken, told]).toEqual([[], [{ name: 'configuration-taken', event: { changes: [], at: START } }]]);
  await write(10);
  follower.ring();
  await time.atRest();
  expect(taken).toEqual([10]);
});

test('a file that is wrong, or gone, is refused in the words of check, once, and the old one stays', async () => {
  await write('many');
  await time.pass(60_000);
  const why = expect.stringMatching(/^\S+config\.yaml:1:13: agentCount: .*; write /);
  expect([taken, told]).toEqual([[], [{ name: 'configuration-refused', event: { why, at: START + 2_000 } }]]);
  expect(follower.status).toMatchObject({ takenAt: START, refused: { why } });
  follower.ring();
  await time.atRest();
  expect(told.map(({ event }) => event)).toEqual([expect.anything(), { why, at: START + 60_000 }]);
  await rm(folder.path(NAME));
  await time.pass(2_000);
  expect(told.at(-1)?.event).toMatchObject({ why: expect.stringContaining('there is no file ') });
  await write(3);
  await time.pass(2_000);
  expect([taken, follower.status.refused]).toEqual([[3], undefined]);
});

test('what is refused for a reason that may pass is tried again, and told of once', async () => {
  refusal = new PassingError('Azure is ill');
  await write(10);
  await time.pass(62_000);
  expect(told).toHaveLength(1);
  refusal = undefined;
  await time.pass(31_000);
  expect([taken, told.map(({ name }) => name)]).toEqual([[10], ['configuration-refused', 'configuration-taken']]);
});

test('what names a file that is not there yet is taken up when that is there', async () => {
  await folder.write(NAME, ONE_POOL.replace('pat: token', `pat: {file: ${folder.path('token')}}`));
  await time.pass(2_000);
  expect(told.map(({ name }) => name)).toEqual(['configuration-refused']);
  await folder.write('token', 'the-token\n');
  await time.pass(31_000);
  expect(told.map(({ name }) => name)).toEqual(['configuration-refused', 'configuration-taken']);
});
