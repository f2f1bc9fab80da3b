import { expect, it } from 'vitest';
import { anObserved, aPool, known, NOW } from '../../test/simulation/examples.js';
import type { HostPaths } from '../model/host-paths.js';
import { plan } from '../plan/plan.js';
import { planDocument } from '../report/plan-document.js';
import { statusOf } from '../report/status.js';
import { formatPlan } from './plan.js';

/** What a look at an empty pool comes to that does not know yet who registers its agents. */
function documentOf({
  isBegun = true,
  error = '',
  seen = { shown: [], unnamed: [] },
}: {
  isBegun?: boolean;
  error?: string;
  seen?: HostPaths;
} = {}) {
  const desired = [aPool({ name: 'linux', agentCount: 1, reserve: 0 })];
  const observed = anObserved([], {
    registration: new Map([['linux', { kind: 'probing', why: 'not asked' }]]),
    wantedBases: new Map([['linux', known('base-1')]]),
  });
  const decided = plan(desired, observed, NOW, { maxConcurrentCreates: 1 });
  const azure = error === '' ? known([]) : { known: false as const, error, since: NOW };
  const status = statusOf(desired, { at: NOW, observed, plan: decided }, () => azure);
  return planDocument(decided, status, isBegun, [{ pool: 'linux', ...seen }]);
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

it('names every path of this host that guests get to see, and what it cannot name, as no terminal would obey it', () => {
  const seen = {
    shown: [
      { source: '/dev/kvm', path: '/dev/kvm' },
      { source: '/srv/\u001b[1mtools', path: '/opt/tools', profile: 'default' },
    ],
    unnamed: [{ by: 'device "cam" of profile "more"', what: 'what it selects' }],
  };
  expect(
    formatPlan(documentOf({ seen }), '/var/lib/x')
      .split('\n')
      .filter(line => line.includes(' guests ')),
  ).toEqual([
    'linux: guests see /dev/kvm of this host.',
    'linux: guests see /srv/\\u001b[1mtools of this host as /opt/tools, by profile "default".',
    'linux: by device "cam" of profile "more" guests see more of this host: what it selects.',
  ]);
  expect(documentOf()).not.toHaveProperty('hostPaths');
  expect(documentOf()).not.toHaveProperty('unnamedHostPaths');
});
