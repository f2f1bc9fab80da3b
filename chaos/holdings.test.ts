import { expect, test } from 'vitest';
import { leaks, timersIn } from './holdings.js';

const BEFORE = { descriptors: 20, sockets: 5, timers: 3, loopDevices: 1 };

test('more than before is a leak, less is none', () => {
  expect(leaks(BEFORE, BEFORE)).toEqual([]);
  expect(leaks(BEFORE, { ...BEFORE, descriptors: 19, sockets: 6, loopDevices: 2 })).toEqual([
    'sockets 5 → 6',
    'loopDevices 1 → 2',
  ]);
});

test('reads the timers from the metrics', () => {
  const text = 'nodejs_active_resources{type="PipeWrap"} 2\nnodejs_active_resources{type="Timeout"} 7\n';
  expect(timersIn(text)).toBe(7);
  expect(timersIn('')).toBe(0);
});
