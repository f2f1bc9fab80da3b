import { expect, test } from 'vitest';
import { type AgentPhase, isLive } from './agent.js';

test.each<[AgentPhase, boolean]>([
  ['preparing', false],
  ['prepared', false],
  ['starting', true],
  ['idle', true],
  ['busy', true],
  ['draining', true],
  ['offline', true],
  ['unclear', true],
  ['finished', false],
  ['stopped', false],
  ['orphan', false],
])('an agent that is %s takes a place: %s', (phase, live) => {
  expect(isLive(phase)).toBe(live);
});
