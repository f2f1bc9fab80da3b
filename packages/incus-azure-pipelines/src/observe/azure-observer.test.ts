import {
  type AgentDetails,
  AzurePipelinesError,
  type CallOptions,
  type TaskAgent,
  type TaskAgentJobRequest,
} from 'azure-pipelines-client';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
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
let rings: number;

beforeEach(() => {
  clock = new FakeClock(START);
  askedAt = [];
  rings = 0;
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
  following ??= observer.follow(() => {
    rings += 1;
  }, stop.signal);
  for (let second = 0; second < seconds; second++) await clock.advance(1_000);
}

test('reads six times a minute with an interval of ten seconds, and no queue', async () => {
  await follow(60);
  expect(observer.requests).toBeUndefined();
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

test('reads more seldom where other hosts have agents too, and early ones as many seconds apart', async () => {
  const owners = ['a1b2c3', 'd4e5f6', '0718c9', '5e6f70', '9b8a71'];
  listed = owners.map((owner, id) => ({ id, name: `host-${owner}-lxyz12ab`, status: 'online' }));
  await follow(45);
  observer.refresh();
  await follow(5);
  expect(askedAt).toEqual([0, 22_000, 44_000, 49_000]);
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

describe('where the queue is read', () => {
  let queue: TaskAgentJobRequest[];
  let queueFailures: Error[];
  let askedFor: number[];
  let isHanging: boolean;
  let detailed: unknown[];

  beforeEach(() => {
    const data = { ParallelismTag: 'Private' };
    queue = [{ requestId: 5, jobName: 'build', queueTime: '2030-01-01T00:00:00Z', demands: ['docker'], data }];
    queueFailures = [];
    askedFor = [];
    isHanging = false;
    detailed = [];
    const listUnfinished = async (_: number, options: CallOptions = {}) => {
      askedFor.push(clock.now() - START);
      if (isHanging) await new Promise(answer => options.signal?.addEventListener('abort', answer));
      const failure = queueFailures.shift();
      if (failure !== undefined) throw failure;
      return queue;
    };
    const list = async (_: number, options: AgentDetails = {}) => {
      detailed.push(options.includeCapabilities);
      askedAt.push(clock.now() - START);
      return [{ ...busy, systemCapabilities: { Docker: '', GPU: 'none' }, userCapabilities: { gpu: 'two' } }];
    };
    observer = new AzureObserver({
      client: {
        url: 'https://dev.azure.com/team',
        pools: { findByName: async () => ({ id: 7, name: 'linux' }) },
        agents: { list, get: async () => busy },
      },
      jobRequests: { listUnfinished },
      agentPool: 'linux',
      pollIntervalMs: 10_000,
      clock,
      random: () => 0.5,
    });
  });

  test('reads agents and then the queue, twelve calls a minute with an interval of ten seconds', async () => {
    await follow(59);
    const times = [0, 10_000, 20_000, 30_000, 40_000, 50_000];
    expect(askedAt).toEqual(times);
    expect(askedFor).toEqual(times);
    expect(observer.requests).toMatchObject({
      known: true,
      value: [{ requestId: 5, jobName: 'build', demands: ['docker'], received: false, queuedAt: Date.UTC(2030, 0, 1) }],
      at: START + 50_000,
    });
  });

  test('learns what agents offer, what a person added first', async () => {
    await observer.read(stop.signal);
    expect(detailed).toEqual([true]);
    expect(observer.reading).toMatchObject({ value: [{ capabilities: { docker: '', gpu: 'two' } }] });
  });

  test('a queue that cannot be read is not known, is tried ever more seldom, and keeps nobody from the agents', async () => {
    queueFailures.push(unavailable, unavailable, unavailable, throttled);
    await observer.read(stop.signal);
    expect(observer.reading.known).toBe(true);
    expect(observer.requests).toEqual({ known: false, error: 'the server failed', since: START });
    await follow(100);
    expect(askedAt).toHaveLength(12);
    expect(askedFor).toEqual([0, 10_000, 20_000, 40_000, 80_000, 90_000, 100_000]);
    expect(observer.requests).toMatchObject({ known: true, at: START + 100_000 });
  });

  test('a queue that does not answer keeps nobody from the agents, and is asked for once', async () => {
    isHanging = true;
    await follow(25);
    expect(askedAt).toEqual([0, 10_000, 20_000]);
    expect(rings).toBe(3);
    expect(observer.reading).toMatchObject({ known: true, at: START + 20_000 });
    expect(askedFor).toEqual([0]);
  });

  test('the queue is read early with the agents, where something is to be known', async () => {
    await follow(21);
    observer.refresh();
    await follow(10);
    expect(askedAt).toEqual([0, 10_000, 20_000, 21_000, 31_000]);
    expect(askedFor).toEqual(askedAt);
  });

  test('rings when the agents are read, and again when the queue is', async () => {
    await follow(1);
    expect(rings).toBe(2);
  });
});
