import { expect, test } from 'vitest';
import { summarise } from '../statistics.js';
import { percent, seconds, spread } from './words.js';

test('shows milliseconds as seconds, and shares as percent', () => {
  expect([seconds(1234), percent(0.034)]).toEqual(['1.23 s', '3 %']);
});

test('shows a spread with its size, and an empty one as such', () => {
  expect(spread(summarise([1000, 2000, 3000]))).toBe('2.00 s (min 1.00 s, p95 2.90 s, max 3.00 s, n 3)');
  expect(spread(summarise([]))).toBe('nothing seen');
});
