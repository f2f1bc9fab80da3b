import { expect, test } from 'vitest';
import { busyMs, coreTicks } from './host-meter.js';

test('counts waiting for a disk as idle, and the time of guests once', () => {
  const stat = 'cpu  100 1 50 600 40 2 3 4 90 1\ncpu0 1 1 1 1 1 1 1 1 1 1\nintr 5\n';
  expect(coreTicks(stat)).toEqual({ all: 800, idle: 640 });
});

test('reads the busy time of one device among its likes', () => {
  const diskstats = [
    '   7       1 loop1 28443 72 17632832 59865 60537 791 9691504 186396 0 32200 251762 0 0 0 0 3346 5501',
    '   7      10 loop10 1539 6 1131376 2278 5877 57 1098728 10163 0 1876 12916 0 0 0 0 418 475',
  ].join('\n');
  expect([busyMs(diskstats, 'loop1'), busyMs(diskstats, 'loop10')]).toEqual([32_200, 1_876]);
});
