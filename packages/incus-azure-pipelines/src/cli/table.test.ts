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

test('a table of many columns first loses those that say nothing, then the last ones, and shows that', () => {
  const many = ['agent', 'phase', 'since', 'job', 'age', 'base', 'memory', 'cpu', 'under way'];
  const name = 'a-host-of-a-long-name-abc123-mwtxpuqj';
  const row = [name, 'busy', '3m ago', 'a job with a long name', '12m', '3c01f0', '312 MiB', '1m 4s', ''];
  expect(table(many, [row], 100).split('\n')).toEqual([
    'AGENT                                  PHASE  SINCE   JOB                AGE  BASE    MEMORY   CPU',
    'a-host-of-a-long-name-abc123-mwtxpuqj  busy   3m ago  a job with a lon…  12m  3c01f0  312 MiB  1m 4s',
    '',
  ]);
  expect(table(many, [row], 80).split('\n')).toEqual([
    'AGENT                                  PHASE  SINCE   JOB         AGE  BASE    …',
    'a-host-of-a-long-name-abc123-mwtxpuqj  busy   3m ago  a job wit…  12m  3c01f0',
    '',
  ]);
});
