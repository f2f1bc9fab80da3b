import { describe, expect, test } from 'vitest';
import { agentsIn, count, targets } from '../../test/planned.js';
import { anAgent, anObserved, aPool, known, NOW, nameOf } from '../../test/simulation/examples.js';
import { DAYS, type StandbyHours } from '../model/standby.js';
import { plan } from './plan.js';

describe('a pool that follows the clock', () => {
  const evening: StandbyHours = { standby: 1, days: DAYS, fromMinute: 1, toMinute: 600, timezone: 'UTC' };
  const spec = aPool({ agentCount: 3, standby: 3, standbyHours: [evening] });
  const queued = new Map([['linux', known(0)]]);
  const at = (now: number) =>
    plan([spec], anObserved(agentsIn('idle', 'idle', 'idle'), { queued }), now, { maxConcurrentCreates: 1 });

  test('is looked at when the hours change, and gives up what is idle for longer than it may be', () => {
    expect(at(NOW)).toMatchObject({ actions: [], wakeAt: NOW + 60_000 });
    expect(at(NOW).pools.get('linux')).toMatchObject({ target: 3 });
    const later = at(NOW + 60_000);
    expect(later.pools.get('linux')).toMatchObject({ target: 1 });
    expect(targets(later, 'disable-agent')).toEqual([nameOf(0), nameOf(1)]);
  });

  test('makes what the next hours want when they begin', () => {
    const morning = NOW + 600 * 60_000;
    const plans = [morning - 1, morning].map(now =>
      plan([spec], anObserved([anAgent(0, 'idle')], { queued }), now, { maxConcurrentCreates: 5 }),
    );
    expect(plans.map(one => count(one, 'create-instance'))).toEqual([0, 2]);
    expect(plans[0]?.wakeAt).toBe(morning);
  });
});
