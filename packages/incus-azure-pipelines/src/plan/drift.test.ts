import { describe, expect, test } from 'vitest';
import { count, planned, targets } from '../../test/planned.js';
import { anAgent, anInstance, aPool, nameOf } from '../../test/simulation/examples.js';
import type { Agent, AgentPhase } from '../model/agent.js';

describe('another base', () => {
  const of = (n: number, phase: AgentPhase, base: string, given: Partial<Agent> = {}) =>
    anAgent(n, phase, { instance: anInstance({ name: nameOf(n), base }), ...given });

  test('replaces the reserve', () => {
    const old = anAgent(2, 'prepared', {
      instance: anInstance({ status: 'ready', base: 'base-0', activatedAt: undefined }),
    });
    const result = planned(aPool({ reserve: 1 }), [anAgent(0, 'idle'), anAgent(1, 'idle'), old]);
    expect([targets(result, 'delete-instance'), count(result, 'create-instance')]).toEqual([[nameOf(2)], 1]);
  });

  test('is tried with one agent first', () => {
    const result = planned(aPool(), [of(0, 'idle', 'base-0'), of(1, 'idle', 'base-0')]);
    expect(targets(result, 'disable-agent')).toEqual([nameOf(0)]);
  });

  test('that does not work costs one place and not the pool', () => {
    const starting = of(0, 'starting', 'base-1');
    const spec = aPool({ agentCount: 3 });
    expect(planned(spec, [starting, of(1, 'idle', 'base-0'), of(2, 'idle', 'base-0')]).actions).toEqual([]);
    expect(count(planned(spec, [of(1, 'idle', 'base-0'), of(2, 'idle', 'base-0')]), 'disable-agent')).toBe(0);
  });

  test('that works replaces so many at once as may be created at once', () => {
    const agents = [
      of(0, 'idle', 'base-1'),
      of(1, 'idle', 'base-0'),
      of(2, 'idle', 'base-0'),
      of(3, 'draining', 'base-0'),
    ];
    const result = planned(aPool({ agentCount: 4 }), agents, {}, 2);
    expect(targets(result, 'disable-agent')).toEqual([nameOf(1)]);
  });

  test('never ends a job', () => {
    const busy = of(0, 'busy', 'base-0');
    const result = planned(aPool({ agentCount: 2 }), [busy, of(1, 'idle', 'base-1')]);
    expect(result.actions).toMatchObject([{ kind: 'disable-agent', name: nameOf(0), reason: 'has its one job' }]);
  });
});
