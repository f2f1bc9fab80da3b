import { expect, test } from 'vitest';
import { instanceCeiling, targetOf } from './target.js';

test.each([
  [{ agentCount: 4, standby: 4 }, 0, 0, 4],
  [{ agentCount: 4, standby: 4 }, 4, 9, 4],
  [{ agentCount: 4, standby: 1 }, 0, 0, 1],
  [{ agentCount: 4, standby: 1 }, 2, 0, 3],
  [{ agentCount: 4, standby: 1 }, 2, 5, 4],
  [{ agentCount: 4, standby: 0 }, 0, 2, 2],
  [{ agentCount: 0, standby: 0 }, 0, 3, 0],
])('%j with %i busy and %i queued wants %i agents', (spec, busy, queued, expected) => {
  expect(targetOf(spec, busy, queued)).toBe(expected);
});

test.each([
  [0, 0, 1],
  [1, 0, 2],
  [2, 1, 4],
  [7, 2, 12],
])('%i agents and a reserve of %i make at most %i instances', (agentCount, reserve, expected) => {
  expect(instanceCeiling({ agentCount, reserve })).toBe(expected);
});
