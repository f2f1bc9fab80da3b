import { expect, test } from 'vitest';
import { cpuTicks, readProcessCost } from './processes.js';

test('adds the ticks in user and kernel mode, those of ended children apart', () => {
  expect(cpuTicks('42 (node) S 1 42 42 0 -1 4194560 9 0 0 0 130 70 5 6 20 0 11 0 100 200 300')).toEqual({
    own: 200,
    endedChildren: 11,
  });
});

test('is not led astray by the name of the process', () => {
  expect(cpuTicks('42 (a) b (c) 1) S 1 42 42 0 -1 4194560 9 0 0 0 1 2 5 6 20 0 11 0 100 200 300')).toEqual({
    own: 3,
    endedChildren: 11,
  });
});

test('reads a process that is there', async () => {
  const cost = await readProcessCost(process.pid);
  expect(cost.cpuMs).toBeGreaterThan(0);
  expect(cost.residentBytes).toBeGreaterThan(1024 * 1024);
});
