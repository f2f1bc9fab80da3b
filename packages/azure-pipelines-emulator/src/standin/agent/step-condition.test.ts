import { expect, test } from 'vitest';
import { shouldRun } from './step-condition.js';

test.each([
  ['succeeded()', [true, false, false]],
  ['', [true, false, false]],
  ['succeededOrFailed()', [true, true, false]],
  ['failed()', [false, true, false]],
  ['canceled()', [false, false, true]],
  ['always()', [true, true, true]],
  ['Always( )', [true, true, true]],
])('runs a step under %j as a pipeline would', (condition, [succeeded, failed, canceled]) => {
  expect(shouldRun(condition, 'succeeded')).toBe(succeeded);
  expect(shouldRun(condition, 'failed')).toBe(failed);
  expect(shouldRun(condition, 'canceled')).toBe(canceled);
});
