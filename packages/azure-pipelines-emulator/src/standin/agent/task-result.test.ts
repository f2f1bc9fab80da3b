import { expect, test } from 'vitest';
import { resultOfWorkerExit, taskResults, workerExitCode } from './task-result.js';

test('tells every result by an exit code from 100 on', () => {
  expect(taskResults.map(workerExitCode)).toEqual([100, 101, 102, 103, 104, 105]);
  expect(taskResults.map(workerExitCode).map(resultOfWorkerExit)).toEqual([...taskResults]);
});

test('takes any other exit for a crash', () => {
  expect([0, 1, 137, undefined].map(resultOfWorkerExit)).toEqual([undefined, undefined, undefined, undefined]);
});
