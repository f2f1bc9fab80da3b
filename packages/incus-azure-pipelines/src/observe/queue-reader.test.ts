import { AzurePipelinesError, type ResourceUsage, type TaskAgentJobRequest } from 'azure-pipelines-client';
import { beforeEach, expect, test } from 'vitest';
import { FakeClock } from '../../test/simulation/fake-clock.js';
import { QueueReader } from './queue-reader.js';

const QUARTER_HOUR_MS = 900_000;
const refused = new AzurePipelinesError('forbidden', 'not told to this token');
const { signal } = new AbortController();

let clock: FakeClock;
let queue: readonly TaskAgentJobRequest[];
let told: (ResourceUsage | Error)[];
let asked: number;
let makeReader: () => QueueReader;
let reader: QueueReader;

beforeEach(() => {
  clock = new FakeClock(0);
  queue = [{ requestId: 5 }];
  told = [];
  asked = 0;
  const selfHosted = async () => {
    asked += 1;
    const next = told.shift();
    if (next instanceof Error) throw next;
    return next ?? {};
  };
  makeReader = () =>
    new QueueReader({
      jobRequests: { listUnfinished: async () => queue },
      parallelJobs: { selfHosted },
      clock,
      random: () => 0.5,
    });
  reader = makeReader();
});

test('asks how many jobs may run at once where something waits, once in a quarter of an hour', async () => {
  const readAfter = async (ms: number) => {
    await clock.advance(ms);
    await reader.read(1, signal);
    return asked;
  };
  queue = [{ requestId: 5, receiveTime: '2030-01-01T00:00:10Z' }];
  expect(await readAfter(0)).toBe(0);
  queue = [{ requestId: 6 }];
  expect(await readAfter(10_000)).toBe(1);
  expect(await readAfter(QUARTER_HOUR_MS - 1)).toBe(1);
  expect(await readAfter(1)).toBe(2);
});

test('remembers how many that are where it is not told again, and forgets a limit that is gone', async () => {
  told.push({ usedCount: 1, resourceLimit: { totalCount: 4 } }, refused, {});
  const seen: (number | undefined)[] = [];
  for (let turn = 0; turn < 3; turn += 1) {
    await reader.read(1, signal);
    seen.push(reader.parallelJobs);
    await clock.advance(QUARTER_HOUR_MS);
  }
  expect(seen).toEqual([4, 4, undefined]);
  expect(reader.reading?.known).toBe(true);
});

test('knows from the reader before it how many jobs may run at once, and asks when that one would have', async () => {
  told.push({ usedCount: 1, resourceLimit: { totalCount: 4 } });
  await reader.read(1, signal);
  await clock.advance(QUARTER_HOUR_MS - 1);
  const next = makeReader();
  next.continueFrom(reader);
  await next.read(1, signal);
  expect([next.parallelJobs, asked]).toEqual([4, 1]);
  await clock.advance(1);
  await next.read(1, signal);
  expect([next.parallelJobs, asked]).toEqual([undefined, 2]);
});

test('asks at once what the token of the reader before it was not told', async () => {
  told.push(refused, { resourceLimit: { totalCount: 4 } });
  await reader.read(1, signal);
  const next = makeReader();
  next.continueFrom(reader);
  await next.read(1, signal);
  expect([next.parallelJobs, asked]).toEqual([4, 2]);
});

test('knows by its tag which request is of a private project', async () => {
  queue = [
    { requestId: 5, data: { ParallelismTag: 'Private' } },
    { requestId: 6, data: { ParallelismTag: 'Public' } },
    { requestId: 7 },
  ];
  await reader.read(1, signal);
  expect(reader.reading).toMatchObject({ value: [{ isPrivate: true }, { isPrivate: false }, { isPrivate: false }] });
});
