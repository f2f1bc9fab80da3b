import { AzurePipelinesError, type TaskAgent } from 'azure-pipelines-client';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FakeClock } from '../../test/simulation/fake-clock.js';
import { AzureObserver } from './azure-observer.js';

const START = 1_000_000;
const unavailable = new AzurePipelinesError('unavailable', 'the server failed');
const throttled = new AzurePipelinesError('throttled', 'too many calls', { retryAfterMs: 25_000 });
const refused = new AzurePipelinesError('credentials', 'the token was refused');

let clock: FakeClock;
let observer: AzureObserver;
/** When the agents were asked for, in ms since the start. */
let askedAt: number[];
/** What becomes of the next readings; the others come to good. */
let failures: Error[];
/** The agents that the list shows, and those that are there when asked for one by one. */
let listed: TaskAgent[];
let there: TaskAgent[];
let isPoolSeen: boolean;
let stop: AbortController;
let following: Promise<void> | undefined;

beforeEach(() => {
  clock = new FakeClock(START);
  askedAt = [];
  failures = [];
  listed = [];
  there = [];
  isPoolSeen = true;
  stop = new AbortController();
  const list = async () => {
    askedAt.push(clock.now() - START);
    const failure = failures.shift();
    if (failure !== undefined) throw failure;
    return listed;
  };
  const get = async (_: number, id: number) => {
    const agent = there.find(known => known.id === id);
    if (agent === undefined) throw new AzurePipelinesError('not-found', 'no such agent');
    return agent;
  };
  const pools = { findByName: async () => (isPoolSeen ? { id: 7, name: 'linux' } : undefined) };
  observer = new AzureObserver({
    client: { url: 'https://dev.azure.com/team', pools, agents: { get, list } },
    agentPool: 'linux',
    pollIntervalMs: 10_000,
    clock,
    random: () => 0.5,
  });
});

afterEach(async () => {
  stop.abort();
  await following;
  following = undefined;
});

async function follow(seconds: number): Promise<void> {
  following ??= observer.follow(() => {}, stop.signal);
  for (let second = 0; second < seconds; second++) await clock.advance(1_000);
}

test('reads six times a minute with an interval of ten seconds', async () => {
  await follow(60);
  expect(askedAt).toEqual([0, 10_000, 20_000, 30_000, 40_000, 50_000, 60_000]);
});

test.each([
  ['is silent as long as the server asks for', [throttled], [0, 25_000, 35_000]],
  ['tries a refused token twice a minute', [refused, refused], [0, 30_000, 60_000, 70_000]],
  [
    'waits longer with each failure in a row, and as ever once one came to good',
    [unavailable, unavailable, unavailable, unavailable],
    [0, 10_000, 20_000, 40_000, 80_000, 90_000],
  ],
])('%s', async (_, coming, expected) => {
  failures.push(...coming);
  await follow(135);
  expect(askedAt.slice(0, expected.length)).toEqual(expected);
});

test('reads early when asked to, a second apart, and not at all while Azure is away', async () => {
  await follow(3);
  observer.refresh();
  await follow(1);
  observer.refresh();
  await follow(2);
  expect(askedAt).toEqual([0, 3_000, 4_000]);

  failures.push(throttled);
  await follow(8);
  observer.refresh();
  await follow(24);
  expect(askedAt).toEqual([0, 3_000, 4_000, 14_000]);
});

test('tells since when Azure is away, and why this time', async () => {
  failures.push(unavailable, refused);
  await follow(1);
  expect(observer.reading).toEqual({ known: false, error: 'the server failed', since: START });
  await follow(10);
  expect(observer.reading).toEqual({ known: false, error: 'the token was refused', since: START });
  await follow(60);
  expect(observer.reading).toEqual({ known: true, value: [], at: START + 70_000 });
  failures.push(unavailable);
  await follow(10);
  expect(observer.reading).toEqual({ known: false, error: 'the server failed', since: START + 80_000 });
});

const busy: TaskAgent = { id: 3, name: 'ci-1', status: 'online', assignedRequest: { requestId: 42, jobName: 'build' } };

test('does not believe an empty list while an agent that had a job is there', async () => {
  listed = [busy];
  there = [busy];
  await observer.read(stop.signal);
  listed = [];
  await observer.read(stop.signal);
  expect(observer.reading).toMatchObject({
    known: false,
    error: expect.stringMatching(/came empty, though ci-1 is there/),
  });
  await observer.read(stop.signal);
  expect(observer.reading.known).toBe(false);
});

test('does not believe an empty list when the pool cannot be seen any more', async () => {
  listed = [busy];
  await observer.read(stop.signal);
  [listed, isPoolSeen] = [[], false];
  await observer.read(stop.signal);
  expect(observer.reading).toMatchObject({ known: false, error: expect.stringMatching(/no agent pool "linux"/) });
});

test('believes an empty list when the agent that had a job is gone indeed, or when none had one', async () => {
  listed = [busy];
  await observer.read(stop.signal);
  listed = [];
  await observer.read(stop.signal);
  expect(observer.reading).toMatchObject({ known: true, value: [] });
  await observer.read(stop.signal);
  expect(observer.reading).toMatchObject({ known: true, value: [] });
});
