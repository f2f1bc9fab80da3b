import { expect, test } from 'vitest';
import { aBase } from '../../test/simulation/examples.js';
import { keptBase, nextRefreshAt } from './refresh.js';

const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 0, 10, 12);
const built = (at: number) => aBase('base', { createdAt: at, checkedAt: at });

test('a pool goes on with the newest base that is ready and that a person still wants so', () => {
  const bases = [
    aBase('old', { own: 'mine', createdAt: 1 }),
    aBase('new', { own: 'mine', createdAt: 2 }),
    aBase('half-made', { own: 'mine', createdAt: 3, ready: false }),
    aBase('of another version', { own: 'mine', createdAt: 4, contract: '0' }),
    aBase('of other scripts', { own: 'other', createdAt: 5 }),
  ];
  expect(keptBase('mine', bases)?.name).toBe('new');
  expect(keptBase('changed', bases)).toBeUndefined();
});

test('a host refreshes at one time of the day, whenever the base was built', () => {
  const times = [0, 1, 5, 11, 23].map(hours => nextRefreshAt(built(NOW + hours * 3_600_000), DAY_MS, '4a3b2c'));
  expect(new Set(times.map(at => at % DAY_MS)).size).toBe(1);
  for (const [i, hours] of [0, 1, 5, 11, 23].entries()) {
    const afterMs = (times[i] ?? 0) - (NOW + hours * 3_600_000);
    expect(afterMs).toBeGreaterThan(0);
    expect(afterMs).toBeLessThanOrEqual(DAY_MS);
  }
});

test('hosts refresh at times that are spread evenly over the day', () => {
  const owners = Array.from({ length: 256 }, (_, n) => `${n.toString(16).padStart(2, '0')}91c4`);
  const quarters = [0, 0, 0, 0];
  for (const owner of owners) {
    const quarter = Math.floor((nextRefreshAt(built(NOW), DAY_MS, owner) % DAY_MS) / (DAY_MS / 4));
    quarters[quarter] = (quarters[quarter] ?? 0) + 1;
  }
  expect(quarters).toEqual([64, 64, 64, 64]);
});

test('a base that was built at the time of the refresh is not due again before the next', () => {
  const at = nextRefreshAt(built(NOW), DAY_MS, 'ffffff');
  expect(nextRefreshAt(built(at), DAY_MS, 'ffffff')).toBe(at + DAY_MS);
});

test('a refresh that is off is never due', () => {
  expect(nextRefreshAt(built(NOW), undefined, '4a3b2c')).toBe(Number.POSITIVE_INFINITY);
});
