import { expect, test } from 'vitest';
import { incusCallsFigure, incusCallsTable } from './incus-calls.js';

const known = new Map([
  ['POST /1.0/instances', 10],
  ['GET /1.0/instances', 25],
]);

test('calls are told for each life, the most frequent first, with their reason', () => {
  const { title, rows } = incusCallsTable("per agent's life", known, 10);
  expect(title).toBe("Calls to Incus per agent's life (n 10)");
  expect(rows).toEqual([
    ['GET /1.0/instances', '2.50', expect.stringContaining('lists')],
    ['POST /1.0/instances', '1.00', expect.stringContaining('copies')],
    ['all', '3.50', ''],
  ]);
  expect(incusCallsFigure("per agent's life", known, 10)).toMatchObject({ measured: '3.50', isMet: true });
});

test('a call that is made more often than its reason allows fails the figure', () => {
  expect(incusCallsFigure("per agent's life", new Map([['GET /1.0/instances', 51]]), 10).isMet).toBe(false);
});

test('a call that nobody has accounted for is shown, and fails the figure', () => {
  const more = new Map([...known, ['GET /1.0/metrics', 5]]);
  expect(incusCallsTable('per minute', more, 10).rows).toContainEqual([
    'GET /1.0/metrics',
    '0.50',
    'not accounted for',
  ]);
  expect(incusCallsFigure('per minute', more, 10).isMet).toBe(false);
});
