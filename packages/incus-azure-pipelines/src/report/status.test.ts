import { expect, test } from 'vitest';
import { anAgent, anObserved, aPool, NOW, nameOf } from '../../test/simulation/examples.js';
import { statusOf } from './status.js';

test('says of an agent that a person drains it, also while it has a job', () => {
  const observed = anObserved([anAgent(0, 'busy'), anAgent(1, 'busy')], { drainedAgents: new Set([nameOf(0)]) });
  const plan = { actions: [], wakeAt: undefined, pools: new Map() };
  const [pool] = statusOf([aPool()], { at: NOW, observed, plan }, () => undefined).pools;
  expect(pool?.agents.map(({ drained }) => drained)).toEqual([true, undefined]);
});
