import { expect, test } from 'vitest';
import { systemClock } from './clock.js';

test('tells the time of the system', () => {
  const before = Date.now();
  const now = systemClock.now();
  expect(now).toBeGreaterThanOrEqual(before);
  expect(now).toBeLessThanOrEqual(Date.now());
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
