import { expect, test } from 'vitest';
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
  const doorbell = new Doorbell();
  const wait = doorbell.wait(never);
  expect(await isSettled(wait)).toBe(false);
  doorbell.ring();
  await wait;
});

test('a ring while nobody waits is not lost', async () => {
  const doorbell = new Doorbell();
  doorbell.ring();
  await doorbell.wait(never);
  expect(await isSettled(doorbell.wait(AbortSignal.abort()))).toBe(true);
});

test('many rings are one wake', async () => {
  const doorbell = new Doorbell();
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
  const doorbell = new Doorbell();
  const over = new AbortController();
  const first = doorbell.wait(over.signal);
  over.abort();
  await first;
  doorbell.ring();
  await doorbell.wait(never);
});

test('a ring between two waits is not lost, whenever it comes', async () => {
  const doorbell = new Doorbell();
  for (let turn = 0; turn < 5; turn++) {
    const wait = doorbell.wait(never);
    doorbell.ring();
    await wait;
    for (let later = 0; later < turn; later++) await Promise.resolve();
    doorbell.ring();
    await doorbell.wait(never);
  }
});
