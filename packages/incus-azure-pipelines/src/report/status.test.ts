import { expect, test } from 'vitest';
import { anAgent, anObserved, aPool, NOW, nameOf } from '../../test/simulation/examples.js';
import { azureKey } from '../model/pool.js';
import { statusOf } from './status.js';
import { withUsage } from './with-usage.js';

const PLAN = { actions: [], wakeAt: undefined, pools: new Map() };

test('says of an agent that a person drains it, also while it has a job', () => {
  const observed = anObserved([anAgent(0, 'busy'), anAgent(1, 'busy')], { drainedAgents: new Set([nameOf(0)]) });
  const [pool] = statusOf([aPool()], { at: NOW, observed, plan: PLAN }, () => undefined).pools;
  expect(pool?.agents.map(({ drained }) => drained)).toEqual([true, undefined]);
});

test('says since when both systems are read without a break, and when they were read last', () => {
  const spec = aPool();
  const readableSince = { incus: NOW - 7_000, azure: new Map([[azureKey(spec.azure), NOW - 9_000]]) };
  const pass = { at: NOW, observed: anObserved([]), plan: PLAN, readableSince };
  const { incus, pools } = statusOf([spec], pass, () => ({ known: true, value: [], at: NOW - 100 }));
  expect(incus).toEqual({ readable: true, since: NOW - 7_000, readAt: NOW });
  expect(pools[0]?.azure).toEqual({ readable: true, since: NOW - 9_000, readAt: NOW - 100 });
});

test('shows what an instance takes where the host can tell, and asks nothing of one that is gone', async () => {
  const observed = anObserved([anAgent(0, 'idle'), anAgent(1, 'busy'), anAgent(2, 'orphan')]);
  const status = statusOf([aPool()], { at: NOW, observed, plan: PLAN }, () => undefined);
  const usage = { memoryBytes: 1, cpuMs: 2 };
  const asked: string[] = [];
  const { pools } = await withUsage(status, async name => {
    asked.push(name);
    return name === nameOf(0) ? usage : undefined;
  });
  expect(pools[0]?.agents.map(agent => agent.usage)).toEqual([usage, undefined, undefined]);
  expect(asked).toEqual([nameOf(0), nameOf(1)]);
});
