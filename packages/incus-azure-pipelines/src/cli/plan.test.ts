import { expect, it } from 'vitest';
import { anObserved, aPool, known, NOW } from '../../test/simulation/examples.js';
import { plan } from '../plan/plan.js';
import { planDocument } from '../report/plan-document.js';
import { statusOf } from '../report/status.js';
import { formatPlan } from './plan.js';

/** What a look at an empty pool comes to that does not know yet who registers its agents. */
function documentOf({ isBegun = true, error = '' } = {}) {
  const desired = [aPool({ name: 'linux', agentCount: 1, reserve: 0 })];
  const observed = anObserved([], {
    registration: new Map([['linux', { kind: 'probing', why: 'not asked' }]]),
    wantedBases: new Map([['linux', known('base-1')]]),
  });
  const decided = plan(desired, observed, NOW, { maxConcurrentCreates: 1 });
  const azure = error === '' ? known([]) : { known: false as const, error, since: NOW };
  const status = statusOf(desired, { at: NOW, observed, plan: decided }, () => azure);
  return planDocument(decided, status, isBegun);
}

it('says what is done, what waits, and that the server is asked first', () => {
  expect(formatPlan(documentOf(), '/var/lib/x').split('\n').slice(1)).toEqual([
    expect.stringMatching(/^linux +create-instance +\S+ +below target$/),
    'linux waits: not asked',
    'linux: the server is first asked who may register its agents.',
    '',
  ]);
});

it('says that names will be others where no daemon has begun, and gives no owner', () => {
  expect(formatPlan(documentOf({ isBegun: false }), '/var/lib/x')).toMatch(
    /\nNo daemon has begun in \/var\/lib\/x: .*\n$/,
  );
  expect(documentOf({ isBegun: false })).not.toHaveProperty('owner');
  expect(documentOf()).toHaveProperty('owner');
});

it('says why Azure could not be read, as no terminal would obey it', () => {
  const text = formatPlan(documentOf({ error: 'no\u001b[1m answer' }), '/var/lib/x');
  expect(text).toContain('linux: Azure cannot be read: no\\u001b[1m answer\n');
});
