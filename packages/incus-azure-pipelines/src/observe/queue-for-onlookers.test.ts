import type { AgentDetails } from 'azure-pipelines-client';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FakeClock } from '../../test/simulation/fake-clock.js';
import { Onlookers } from '../lib/onlookers.js';
import { AzureObserver } from './azure-observer.js';

const START = 1_000_000;

let clock: FakeClock;
let onlookers: Onlookers;
let observer: AzureObserver;
/** When agents were asked for, and when with all that they offer, and when the queue, in ms since the start. */
let agentsAt: number[];
let detailedAt: number[];
let queueAt: number[];
let stop: AbortController;
let following: Promise<void>;

const client = {
  url: 'https://dev.azure.com/team',
  pools: { findByName: async () => ({ id: 7, name: 'linux' }) },
  agents: {
    get: async () => Promise.reject(new Error('is not asked for')),
    list: async (_: number, options: AgentDetails = {}) => {
      (options.includeCapabilities ? detailedAt : agentsAt).push(clock.now() - START);
      return [];
    },
  },
};
const jobRequests = {
  listUnfinished: async () => {
    queueAt.push(clock.now() - START);
    return [];
  },
};

function observe(given: { readonly onlookers?: Onlookers }): AzureObserver {
  return new AzureObserver({
    client,
    jobRequests,
    agentPool: 'linux',
    pollIntervalMs: 10_000,
    clock,
    random: () => 0,
    ...given,
  });
}

beforeEach(async () => {
  clock = new FakeClock(START);
  [agentsAt, detailedAt, queueAt] = [[], [], []];
  onlookers = new Onlookers(clock, () => observer.lookedAt());
  observer = observe({ onlookers });
  stop = new AbortController();
  following = observer.follow(() => {}, stop.signal);
  await pass(3);
});

afterEach(async () => {
  stop.abort();
  await following;
});

async function pass(seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second++) await clock.advance(1_000);
}

test('where nobody looks no queue is read, nor what agents offer', async () => {
  await pass(27);
  expect(agentsAt).toEqual([0, 10_000, 20_000, 30_000]);
  expect(detailedAt).toEqual([]);
  expect(queueAt).toEqual([]);
  expect(observer.requests).toBeUndefined();
});

test('both are read as soon as somebody comes, then at the pace of a pool that scales, and no more once all are gone', async () => {
  const first = onlookers.enter();
  await pass(1);
  expect(observer.requests).toEqual({ known: true, value: [], at: START + 3_000 });
  const second = onlookers.enter();
  first[Symbol.dispose]();
  await pass(20);
  expect(detailedAt).toEqual([3_000, 13_000, 23_000]);
  expect(queueAt).toEqual(detailedAt);
  second[Symbol.dispose]();
  await pass(60);
  expect(queueAt).toEqual([3_000, 13_000, 23_000, 33_000]);
  expect(agentsAt).toEqual([0, 43_000, 53_000, 63_000, 73_000, 83_000]);
  expect(observer.requests).toBeUndefined();
});

test('another observer goes on from what was read for those who look, and not from what is forgotten', async () => {
  const next = observe({});
  next.continueFrom(observer);
  expect(next.requests).toMatchObject({ known: false });
  onlookers.enter();
  await pass(1);
  next.continueFrom(observer);
  expect(next.requests).toEqual({ known: true, value: [], at: START + 3_000 });
});
