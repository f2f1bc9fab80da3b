import { expect, it } from 'vitest';
import { identifyProcess, isRunning, parseProcessStat } from './process-identity.js';

it('reads the state and the start of a process whose name holds brackets and blanks', () => {
  const tail = Array.from({ length: 17 }, (_, index) => index).join(' ');
  expect(parseProcessStat(`42 (a) b (c) S 7 ${tail} 98765 1`)).toEqual({
    state: 'S',
    parentPid: 7,
    startTicks: '98765',
  });
});

it('knows this process as running', () => {
  const self = identifyProcess(process.pid);
  expect(self && isRunning(self)).toBe(true);
});

it('takes a process of the same pid and another start for another process', () => {
  const self = identifyProcess(process.pid);
  expect(self && isRunning({ ...self, startTicks: '1' })).toBe(false);
});

it('takes a process of an earlier boot for another process', () => {
  const self = identifyProcess(process.pid);
  expect(self && isRunning({ ...self, bootId: 'an earlier one' })).toBe(false);
});
