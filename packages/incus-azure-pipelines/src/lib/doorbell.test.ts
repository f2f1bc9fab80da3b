import { expect, test } from 'vitest';
import { FakeClock } from '../../test/simulation/fake-clock.js';
import { Doorbell } from './doorbell.js';

const never = new AbortController().signal;

/** Whether a promise has settled by the time that everything ready to run has run. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  void promise.finally(() => {
    settled = true;
  });
  await new Promise(resolve => setImmediate(resolve));
  return settled;
}

test('a ring wakes who waits', async () => {
  const doorbell = new Doorbell(new FakeClock(0));
  const wait = doorbell.wait(never);
  expect(await isSettled(wait)).toBe(false);
  doorbell.ring();
  await wait;
});

test('a ring while nobody waits is not lost', async () => {
  const doorbell = new Doorbell(new FakeClock(0));
  doorbell.ring();
  await doorbell.wait(never);
  expect(await isSettled(doorbell.wait(AbortSignal.abort()))).toBe(true);
});

test('many rings are one wake', async () => {
  const doorbell = new Doorbell(new FakeClock(0));
  doorbell.ring();
  doorbell.ring();
  await doorbell.wait(never);
  const over = new AbortController();
  const second = doorbell.wait(over.signal);
  expect(await isSettled(second)).toBe(false);
  over.abort();
  await second;
});

test('a ring after a wait was given up is there for the next', async () => {
  const doorbell = new Doorbell(new FakeClock(0));
  const over = new AbortController();
  const first = doorbell.wait(over.signal);
  over.abort();
  await first;
  doorbell.ring();
  await doorbell.wait(never);
});

test('a ring between two waits is not lost, whenever it comes', async () => {
  const doorbell = new Doorbell(new FakeClock(0));
  for (let turn = 0; turn < 5; turn++) {
    const wait = doorbell.wait(never);
    doorbell.ring();
    await wait;
    for (let later = 0; later < turn; later++) await Promise.resolve();
    doorbell.ring();
    await doorbell.wait(never);
  }
});

test('a ring for later wakes when its time has come', async () => {
  const clock = new FakeClock(0);
  const doorbell = new Doorbell(clock);
  const wait = doorbell.wait(never);
  doorbell.ring(1_000);
  doorbell.ring(1_000);
  await clock.advance(999);
  expect(await isSettled(wait)).toBe(false);
  await clock.advance(1);
  await wait;
  expect(clock.sleeping).toBe(0);
});

test('a ring for later is heard with the one that comes before it', async () => {
  const clock = new FakeClock(0);
  const doorbell = new Doorbell(clock);
  doorbell.ring(1_000);
  doorbell.ring();
  await doorbell.wait(never);
  const over = new AbortController();
  const second = doorbell.wait(over.signal);
  await clock.advance(1_000);
  expect([await isSettled(second), clock.sleeping]).toEqual([false, 0]);
  over.abort();
  await second;
});

test.each([
  ['before', [1_000, 100]],
  ['behind', [100, 1_000]],
])('the soonest of the rings for later is the one that wakes, %s the others', async (_, rings) => {
  const clock = new FakeClock(0);
  const doorbell = new Doorbell(clock);
  const wait = doorbell.wait(never);
  for (const withinMs of rings) doorbell.ring(withinMs);
  await clock.advance(99);
  expect(await isSettled(wait)).toBe(false);
  await clock.advance(1);
  await wait;
  expect(clock.sleeping).toBe(0);
});
