import { expect, test } from 'vitest';
import { formatTrace, parseTrace } from './trace-file.js';

const JOBS = [
  { queuedAt: Date.UTC(2026, 10, 2, 8), runMs: 62_500, demands: ['docker'], waitedMs: 3_200 },
  { queuedAt: Date.UTC(2026, 10, 2, 9), runMs: 0, demands: [], waitedMs: undefined },
];

test('what is written is read as it was, and its form is that of the document', () => {
  expect(formatTrace(JOBS)).toBe(
    [
      '{"queuedAt":"2026-11-02T08:00:00.000Z","runSeconds":62.5,"demands":["docker"],"waitedSeconds":3.2}',
      '{"queuedAt":"2026-11-02T09:00:00.000Z","runSeconds":0}',
      '',
    ].join('\n'),
  );
  expect(parseTrace(formatTrace(JOBS), 'trace')).toEqual(JOBS);
});

test('lines may stand in any order, and be empty', () => {
  expect(parseTrace(`\n${formatTrace(JOBS.toReversed())}\n\n`, 'trace')).toEqual(JOBS);
});

test.each([
  ['', 'trace: no job is in it'],
  ['{"queuedAt"', 'trace:1: is no JSON'],
  ['\n[]', 'trace:2: Invalid input'],
  ['{"queuedAt":"yesterday","runSeconds":1}', 'trace:1: queuedAt: Invalid ISO datetime'],
  ['{"queuedAt":"1970-01-01T00:00:00Z","runSeconds":1}', 'trace:1: queuedAt: is not between 2000 and 2200'],
  ['{"queuedAt":"2026-11-02T08:00:00Z"}', 'trace:1: runSeconds: '],
  ['{"queuedAt":"2026-11-02T08:00:00Z","runSeconds":-1}', 'trace:1: runSeconds: '],
  ['{"queuedAt":"2026-11-02T08:00:00Z","runSeconds":1,"demands":"docker"}', 'trace:1: demands: '],
  ['{"queuedAt":"2026-11-02T08:00:00Z","runSeconds":1,"waitedSeconds":-1}', 'trace:1: waitedSeconds: '],
  ['{"queuedAt":"2026-11-02T08:00:00Z","runSeconds":1,"runMs":1}', 'Unrecognized key'],
])('%j is refused: %s', (text, says) => {
  expect(() => parseTrace(text, 'trace')).toThrow(says);
});
