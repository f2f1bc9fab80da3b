import { expect, test } from 'vitest';
import { soakChart, soakMarkdown } from './report.js';
import type { Soak } from './run-soak.js';

const constant = (value: number) => Array.from({ length: 9 }, (_, at) => ({ atMs: at * 15_000, value }));

const SOAK: Soak = {
  durationMs: 120_000,
  jobs: 40,
  failedJobs: 1,
  residentMib: constant(80.123),
  descriptors: constant(25),
  replacementSeconds: [],
};

test('the figures name what was done, how it went, and what was not seen', () => {
  const text = soakMarkdown(SOAK, '2026-11-25', '2 cores,', 'soak.svg');
  expect(text).toContain('for 2 minutes');
  expect(text).toContain('40 jobs, 1 of them failed.');
  expect(text).toMatch(/^\| resident memory, MiB +\| 80.12 +\| 80.12 +\| 80.12 +\| 9 +\|$/m);
  expect(text).toMatch(/^\| job done → next agent online, s \| nothing seen/m);
  expect(text).toContain('](soak.svg)');
});

test('the diagrams are three', () => {
  expect(soakChart(SOAK).match(/<polyline /g)).toHaveLength(3);
});
