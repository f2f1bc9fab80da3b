import { expect, test } from 'vitest';
import { anObserved, aPool, aRegistration, known, NOW, OWNER, unknown } from '../../test/simulation/examples.js';
import { formatStatus } from '../cli/format-status.js';
import type { Registration } from '../model/agent.js';
import type { Observed } from '../model/observed.js';
import { placeholderName } from '../model/placeholder.js';
import { azureKey } from '../model/pool.js';
import { plan } from '../plan/plan.js';
import { explain } from './explain.js';
import { statusOf } from './status.js';

const SPEC = aPool({ agentCount: 3, standby: 0 });
const NAME = placeholderName(OWNER, SPEC.name);
const THERE = aRegistration({ name: NAME, agentId: 9, online: false });
/** An agent of the base that is copied has shown what it offers. */
const SHOWN = { shownBy: 'ended', base: 'base-1', capabilities: {} };

/** The status of an empty pool in whose agent pool these placeholders are. */
function shown(placeholders: readonly Registration[] | 'unread', given: Partial<Observed> = {}, spec = SPEC) {
  const reading = placeholders === 'unread' ? unknown() : known(placeholders);
  const observed = anObserved([], {
    placeholders: new Map([[azureKey(spec.azure), reading]]),
    offers: new Map([[spec.name, SHOWN]]),
    ...given,
  });
  const pass = { at: NOW, observed, plan: plan([spec], observed, NOW, { maxConcurrentCreates: 1 }) };
  const status = statusOf([spec], pass, () => known([]));
  return { status, placeholder: status.pools[0]?.placeholder };
}

test.each<[string, Parameters<typeof shown>, object]>([
  ['is there', [[THERE]], { state: 'there', why: 'no agent: jobs wait for it while the pool has none' }],
  ['is missing', [[]], { state: 'missing', why: 'jobs fail at once while no agent is registered' }],
  ['cannot be read', ['unread'], { state: 'unread', why: expect.stringContaining('it is not known') }],
  [
    'has not seen what agents of the base offer',
    [[THERE], { offers: new Map([['linux', { ...SHOWN, base: 'base-0' }]]) }],
    { state: 'there', why: expect.stringMatching(/^one agent is made to see/) },
  ],
  [
    'is online, as it never is by itself',
    [[{ ...THERE, online: true }]],
    { state: 'there', why: 'somebody is online under its name' },
  ],
  [
    'is not wanted, since a person drains the pool without it',
    [[THERE], { withoutPlaceholder: new Set(['linux']) }],
    { state: 'going', why: 'it is not wanted any more' },
  ],
])('a placeholder that %s is told as that by status and explain', (_, seen, told) => {
  const { placeholder, status } = shown(...seen);
  expect(placeholder).toEqual({ name: NAME, ...told });
  const words = `${NAME}, ${placeholder?.state}: ${placeholder?.why}`;
  expect(formatStatus(status, NOW)).toContain(`\n  placeholder: ${words}\n`);
  const account = { status, deaths: [], now: NOW };
  expect(explain(SPEC.name, account).says).toContain(`Its placeholder is ${words}.`);
  expect(explain(NAME, account).says).toEqual([
    `${NAME} is the placeholder of pool linux, and no agent: it is never online and gets no job.`,
    `Now: ${placeholder?.why}.`,
  ]);
});

test('of a pool that always has agents nothing is told, unless its placeholder is there still', () => {
  const fixed = aPool({ agentCount: 3, standby: 3 });
  expect(shown([], {}, fixed).status.pools[0]).not.toHaveProperty('placeholder');
  expect(shown('unread', {}, fixed).status.pools[0]).not.toHaveProperty('placeholder');
  expect(shown([THERE], {}, fixed).placeholder).toMatchObject({ state: 'going' });
});
