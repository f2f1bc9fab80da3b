import { expect, test } from 'vitest';
import { anObserved, aPool, known, NOW } from '../../test/simulation/examples.js';
import { DAYS } from '../model/standby.js';
import { plan } from '../plan/plan.js';
import { statusOf } from '../report/status.js';
import { formatStatus } from './format-status.js';

test('what the host has free stands in one line, with whom it has no room for and what is not known', () => {
  const observed = anObserved([]);
  const pass = { at: NOW, observed, plan: { actions: [], wakeAt: undefined, pools: new Map() } };
  const status = statusOf([aPool()], pass, () => known([]));
  const GIB = 2 ** 30;
  const host = {
    readAt: NOW - 5000,
    memoryBytes: { free: 2.5 * GIB, kept: 2 * GIB },
    diskBytes: { kept: 20 * GIB },
    cores: { free: 0.25, kept: 1 },
    holdsBack: ['linux', 'gpu'],
    error: 'refused',
  };
  expect(formatStatus({ ...status, host }, NOW)).toContain(
    '\nThe host, as of 5s ago: 2.5 GiB of memory free, 2 GiB to stay so; an unknown amount of disk free, 20 GiB to stay so; 0.3 of the cores free, 1 to stay so; it has no room for more instances of linux, gpu; not all of it can be read: refused\n',
  );
  const { readAt: _, ...unread } = { ...host, holdsBack: [] };
  expect(formatStatus({ ...status, host: unread }, NOW)).toContain('\nThe host, not looked at yet: ');
});

test('a standby that follows the clock stands in the status, with its hours and for how long they are in force', () => {
  const standbyHours = [{ standby: 1, days: DAYS, fromMinute: 0, toMinute: 180, timezone: 'UTC' }];
  const spec = aPool({ agentCount: 4, standby: 4, standbyHours });
  const observed = anObserved([]);
  const pass = { at: NOW, observed, plan: plan([spec], observed, NOW, { maxConcurrentCreates: 1 }) };
  const status = statusOf([spec], pass, () => known([]));
  expect(formatStatus(status, NOW)).toContain('  standby: 1 (every day 00:00 to 03:00, UTC), for 3h more\n');
});
