import { expect, test } from 'vitest';
import { anAgent, anObserved, aPool, known, NOW } from '../../test/simulation/examples.js';
import type { Day, StandbyHours } from '../model/standby.js';
import { plan } from '../plan/plan.js';
import { explain } from './explain.js';
import { statusOf } from './status.js';

const AFTERNOON: StandbyHours = {
  standby: 3,
  days: ['mon', 'tue', 'wed'],
  fromMinute: 780,
  toMinute: 1_080,
  timezone: 'UTC',
};

/** What is told of a pool that has these hours, `hour` hours after midnight of a Tuesday. */
function told(hour: number, hours: Partial<StandbyHours> = {}) {
  const at = NOW + hour * 3_600_000;
  const spec = aPool({ agentCount: 4, standby: 1, standbyHours: [{ ...AFTERNOON, ...hours }] });
  const observed = anObserved([anAgent(0, 'busy')], { queued: new Map([['linux', known(0)]]) });
  const pass = { at, observed, plan: plan([spec], observed, at, { maxConcurrentCreates: 1 }) };
  return { at, status: statusOf([spec], pass, () => known([])) };
}

test('a pool that follows the clock tells its standby of the hour, and how long it is in force', () => {
  const { at, status } = told(15);
  expect(status.pools[0]).toMatchObject({
    target: 4,
    wants: '3 idle agents beside 1 busy and 0 queued, 4 at most',
    hours: { standby: 3, during: 'mon-wed 13:00 to 18:00, UTC', until: NOW + 18 * 3_600_000 },
    queue: { standby: 3 },
  });
  const line = '3 (mon-wed 13:00 to 18:00, UTC), for 3h more';
  expect(explain('linux', { status, deaths: [], now: at }).says).toContain(`Its standby follows the clock: ${line}.`);
});

test('outside of its hours it has that of all other times', () => {
  expect(told(18).status.pools[0]).toMatchObject({
    target: 2,
    hours: { standby: 1, during: 'all other times', until: NOW + 37 * 3_600_000 },
  });
});

test.each<[readonly Day[], string]>([
  [['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], 'every day'],
  [['fri', 'mon', 'tue'], 'mon, tue, fri'],
  [['sun', 'tue', 'wed', 'thu', 'fri'], 'tue-fri, sun'],
])('days that follow each other are said in short: %j', (days, said) => {
  expect(told(15, { days }).status.pools[0]?.hours?.during).toBe(`${said} 13:00 to 18:00, UTC`);
});

test('a pool without hours tells none', () => {
  const observed = anObserved([]);
  const pass = { at: NOW, observed, plan: plan([aPool()], observed, NOW, { maxConcurrentCreates: 1 }) };
  expect(statusOf([aPool()], pass, () => known([])).pools[0]).not.toHaveProperty('hours');
});
