import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDuration, formatGib, gibToBytes, parseDuration } from './units.js';

describe('durations', () => {
  it.each([
    ['90s', 90_000],
    ['5m', 300_000],
    ['1h30m', 5_400_000],
    ['2d', 172_800_000],
    ['250ms', 250],
    ['1m500ms', 60_500],
    ['0s', 0],
  ])('reads %s', (text, durationMs) => {
    expect(parseDuration(text)).toBe(durationMs);
  });

  it.each(['', '10', '5 m', '-5s', '1e3s', '1.5h', 'm', '30m1h', '1h1h', '5M', ' 5m', '5m ', '9999999s', 'infinity'])(
    'refuses %j',
    text => {
      expect(parseDuration(text)).toBeUndefined();
    },
  );

  it('reads back every duration that it wrote', () => {
    fc.assert(
      fc.property(fc.nat({ max: 10 * 365 * 86_400_000 }), durationMs => {
        expect(parseDuration(formatDuration(durationMs))).toBe(durationMs);
      }),
    );
  });

  it('writes the shortest form', () => {
    expect([0, 90_000, 300_000, 5_400_000, 60_500].map(formatDuration)).toEqual([
      '0s',
      '1m30s',
      '5m',
      '1h30m',
      '1m500ms',
    ]);
  });
});

describe('sizes', () => {
  it('counts in powers of two', () => {
    expect(gibToBytes(4)).toBe(4_294_967_296);
    expect(gibToBytes(0.25)).toBe(268_435_456);
  });

  it('gives whole bytes that are read back within half a byte', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 4096, noNaN: true }), gib => {
        const bytes = gibToBytes(gib);
        expect(Number.isInteger(bytes)).toBe(true);
        expect(Math.abs(bytes - gib * 2 ** 30)).toBeLessThanOrEqual(0.5);
      }),
    );
  });

  it('shows GiB with two decimals at most', () => {
    expect(formatGib(25_190_000_000)).toBe('23.46 GiB');
    expect(formatGib(gibToBytes(4))).toBe('4 GiB');
  });
});
