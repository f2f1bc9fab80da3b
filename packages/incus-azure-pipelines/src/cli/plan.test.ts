import { expect, it } from 'vitest';
import { anObserved, aPool, known, NOW } from '../../test/simulation/examples.js';
import type { Fittings } from '../model/fittings.js';
import { plan } from '../plan/plan.js';
import { planDocument } from '../report/plan-document.js';
import { statusOf } from '../report/status.js';
import { formatPlan } from './plan.js';

/** What a look at an empty pool comes to that does not know yet who registers its agents. */
function documentOf({
  isBegun = true,
  error = '',
  fittings = {},
}: {
  isBegun?: boolean;
  error?: string;
  fittings?: Fittings;
} = {}) {
  const desired = [aPool({ name: 'linux', agentCount: 1, reserve: 0, fittings })];
  const observed = anObserved([], {
    registration: new Map([['linux', { kind: 'probing', why: 'not asked' }]]),
    wantedBases: new Map([['linux', known('base-1')]]),
  });
  const decided = plan(desired, observed, NOW, { maxConcurrentCreates: 1 });
  const azure = error === '' ? known([]) : { known: false as const, error, since: NOW };
  const status = statusOf(desired, { at: NOW, observed, plan: decided }, () => azure);
  return planDocument(decided, status, isBegun, desired);
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

it('tells what all pools may take of a host that keeps a reserve, at the end and in the document', () => {
  const most = { most: 4 * 2 ** 30, kept: 2 ** 30 };
  const overcommitment = {
    instances: 3,
    memoryBytes: most,
    cores: { most: 6, kept: 1, has: 4, times: 2 },
    diskBytes: most,
  };
  const document = { ...documentOf(), overcommitment };
  expect(formatPlan(document, '/var/lib/x').split('\n').slice(-4)).toEqual([
    '3 instances at most and a build of a base may take 4 GiB of memory, and 1 GiB stay free.',
    '3 instances at most see 6 cores, of 4 of the host less 1 that stay free: overcommitted 2.0 times.',
    '3 instances at most and a build of a base may take 4 GiB of disk, and 1 GiB stay free.',
    '',
  ]);
});

it('says why Azure could not be read, as no terminal would obey it', () => {
  const text = formatPlan(documentOf({ error: 'no\u001b[1m answer' }), '/var/lib/x');
  expect(text).toContain('linux: Azure cannot be read: no\\u001b[1m answer\n');
});

it('names every path of this host that guests get to see', () => {
  const devices = {
    tools: { type: 'disk', source: '/srv/tools', path: '/opt/tools', readonly: 'true' },
    cache: { type: 'disk', pool: 'fast', source: 'cache', path: '/srv/cache' },
    kvm: { type: 'unix-char', source: '/dev/kvm' },
  };
  const text = formatPlan(documentOf({ fittings: { devices } }), '/var/lib/x');
  expect(text.split('\n').filter(line => line.includes(' guests '))).toEqual([
    'linux: guests see /srv/tools of this host as /opt/tools.',
    'linux: guests see /dev/kvm of this host.',
  ]);
});
