import { afterEach, expect, it, vi } from 'vitest';
import { Pulse } from './pulse.js';

afterEach(() => {
  vi.useRealTimers();
});

it('is felt from the first beat until the time is over, and again from the next', () => {
  let now = 0;
  const pulse = new Pulse(() => now);
  expect(pulse.within(100)).toBe(false);
  pulse.beat();
  now = 99;
  expect(pulse.within(100)).toBe(true);
  now = 100;
  expect(pulse.within(100)).toBe(false);
  pulse.beat();
  expect(pulse.within(100)).toBe(true);
});

it('is the same when somebody sets the clock of the host', () => {
  vi.useFakeTimers({ toFake: ['Date'], now: 1_000_000_000 });
  const pulse = new Pulse();
  pulse.beat();
  vi.setSystemTime(2_000_000_000);
  expect(pulse.within(60_000)).toBe(true);
  vi.setSystemTime(0);
  expect(pulse.within(0)).toBe(false);
});
