import { expect, test } from 'vitest';
import { table } from './table.js';

const ROWS = [['ci-abc123-mwtxpuqj', 'busy', 'a job with a name that is much too long for a terminal', '12 MiB']];
const HEAD = ['agent', 'phase', 'job', 'memory'];

test('a table that is too wide loses the end of its widest column, and never of a name', () => {
  const lines = table(HEAD, ROWS, 60).trimEnd().split('\n');
  expect(lines.map(line => line.length)).toEqual([60, 60]);
  expect(lines[1]).toBe('ci-abc123-mwtxpuqj  busy   a job with a name that i…  12 MiB');
});

test('a table of a pipe is whole', () => {
  expect(table(HEAD, ROWS)).toContain('too long for a terminal');
});

test('a terminal that is narrower than the names still gets them whole', () => {
  expect(table(HEAD, ROWS, 10)).toContain('ci-abc123-mwtxpuqj');
});
