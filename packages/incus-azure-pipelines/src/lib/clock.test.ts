import { expect, test } from 'vitest';
import { systemClock } from './clock.js';

test('tells the time of the system, in whole milliseconds', () => {
  const now = systemClock.now();
  expect(Number.isInteger(now)).toBe(true);
  expect(Math.abs(now - Date.now())).toBeLessThan(60_000);
});

test('goes on as before when somebody sets the clock of the system', () => {
  const original = Date.now;
  const before = systemClock.now();
  Date.now = () => original() + 3_600_000;
  try {
    expect(systemClock.now() - before).toBeLessThan(60_000);
  } finally {
    Date.now = original;
  }
});

test.each([0, -1, Number.NEGATIVE_INFINITY])('a sleep of %d ms is over at once', async ms => {
  await systemClock.sleep(ms);
});

test('a sleep ends with its signal, however long it was to be', async () => {
  const over = new AbortController();
  const sleep = systemClock.sleep(Number.POSITIVE_INFINITY, over.signal);
  over.abort();
  await expect(sleep).rejects.toMatchObject({ name: 'AbortError' });
});
