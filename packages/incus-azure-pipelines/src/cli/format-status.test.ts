import { expect, test } from 'vitest';
import { anObserved, aPool, known, NOW } from '../../test/simulation/examples.js';
import { DAYS } from '../model/standby.js';
import { plan } from '../plan/plan.js';
import { statusOf } from '../report/status.js';
import { formatStatus } from './format-status.js';

test('a standby that follows the clock stands in the status, with its hours and for how long they are in force', () => {
  const standbyHours = [{ standby: 1, days: DAYS, fromMinute: 0, toMinute: 180, timezone: 'UTC' }];
  const spec = aPool({ agentCount: 4, standby: 4, standbyHours });
  const observed = anObserved([]);
  const pass = { at: NOW, observed, plan: plan([spec], observed, NOW, { maxConcurrentCreates: 1 }) };
  const status = statusOf([spec], pass, () => known([]));
  expect(formatStatus(status, NOW)).toContain('  standby: 1 (every day 00:00 to 03:00, UTC), for 3h more\n');
});
