import { describe, expect, test } from 'vitest';
import { count, planned } from '../../test/planned.js';
import { anAgent, aPool, aRegistration, known, NOW, OWNER, unknown } from '../../test/simulation/examples.js';
import type { Registration } from '../model/agent.js';
import { agentName, birthOf, ownerOf } from '../model/agent-name.js';
import type { Observed } from '../model/observed.js';
import { placeholderCapabilities, placeholderName, SEEN_AT } from '../model/placeholder.js';
import { azureKey, type PoolSpec } from '../model/pool.js';

const spec = aPool({ agentCount: 3, standby: 0, capabilities: { GPU: 'yes' } });
const NAME = placeholderName(OWNER, 'linux');
const offer = {
  shownBy: agentName('host', OWNER, NOW),
  base: 'base-1',
  capabilities: { docker: '', 'agent.name': '' },
};
const offered = placeholderCapabilities(NAME, spec, offer.capabilities, 'base-1');
const placeholder = aRegistration({
  name: NAME,
  agentId: 9,
  online: false,
  capabilities: { ...offered, [SEEN_AT]: new Date(NOW - 60_000).toISOString() },
});

function seeing(registrations: readonly Registration[], given: Partial<Observed> = {}): Partial<Observed> {
  return {
    offers: new Map([['linux', offer]]),
    queued: new Map([['linux', known(0)]]),
    placeholders: new Map([[azureKey(spec.azure), known(registrations)]]),
    ...given,
  };
}

/** What is done about placeholders, with its reason. */
function done(registrations: readonly Registration[], given: Partial<Observed> = {}, pool: PoolSpec = spec) {
  return planned(pool, [], seeing(registrations, given)).actions.flatMap(action =>
    action.kind === 'keep-placeholder' || action.kind === 'remove-placeholder' ? [action] : [],
  );
}

test('no release and no other host takes its name for that of an agent', () => {
  for (const pool of ['linux', 'builders', 'a b', 'x'.repeat(64)]) {
    const name = placeholderName(OWNER, pool);
    expect([birthOf(name, OWNER), ownerOf(name)]).toEqual([undefined, undefined]);
    expect(name.length).toBeLessThanOrEqual(63);
  }
});

describe('a pool that may be empty', () => {
  test('has a placeholder made that offers what its agents do, and its configured capabilities', () => {
    expect(done([])).toMatchObject([
      {
        kind: 'keep-placeholder',
        pool: 'linux',
        name: NAME,
        agentId: undefined,
        capabilities: { docker: '', gpu: 'yes' },
      },
    ]);
  });

  test('has it in the hours too in which it is not empty', () => {
    const hours = { standby: 2, days: ['mon', 'tue'], fromMinute: 0, toMinute: 1_440, timezone: 'UTC' } as const;
    const scheduled = { ...spec, standbyHours: [hours] };
    expect(done([], {}, scheduled)).toMatchObject([{ kind: 'keep-placeholder' }]);
    expect(done([placeholder], {}, scheduled)).toEqual([]);
  });

  test('leaves it alone as long as it is as it should be', () => {
    expect(done([placeholder])).toEqual([]);
  });

  test.each<[string, Partial<Registration>, string]>([
    ['disabled', { enabled: false }, 'was disabled'],
    ['allowed no job', { maxParallelism: 0 }, 'may have no job at a time'],
    ['given a capability', { capabilities: { ...placeholder.capabilities, fpga: '' } }, 'in fpga'],
    ['robbed of one', { capabilities: { ...placeholder.capabilities, gpu: 'no' } }, 'in gpu'],
    ['not renewed for half an hour', seenAt(NOW - 1_800_000), 'tells other hosts'],
    ['renewed by a clock that was ahead', seenAt(NOW + 1), 'tells other hosts'],
  ])('has one that was %s put right', (_, given, reason) => {
    expect(done([{ ...placeholder, ...given }])).toMatchObject([
      { kind: 'keep-placeholder', agentId: 9, reason: expect.stringContaining(reason) },
    ]);
  });

  test('does not have it tell other hosts that this one is there while no agent is made for what waits', () => {
    const old = { ...placeholder, ...seenAt(NOW - 1_800_000) };
    expect(done([old], { drained: new Set(['linux']) })).toEqual([]);
  });

  test('has none made while Azure is not read', () => {
    expect(done([], { placeholders: new Map([[azureKey(spec.azure), unknown()]]) })).toEqual([]);
  });

  test('has no agent for it, once it is known what agents of its base offer', () => {
    expect(count(planned(spec, [], seeing([placeholder])), 'create-instance')).toBe(0);
  });

  test('has one agent made to see that', () => {
    const offers = new Map([['linux', { ...offer, base: 'base-0' }]]);
    expect(count(planned(spec, [], seeing([placeholder], { offers })), 'create-instance')).toBe(1);
  });

  test('keeps it while it is drained, and loses it where a person wants that', () => {
    const drained = new Set(['linux']);
    expect(done([placeholder], { drained })).toEqual([]);
    expect(done([placeholder], { drained, withoutPlaceholder: drained })).toMatchObject([
      { kind: 'remove-placeholder', name: NAME, agentId: 9 },
    ]);
  });
});

describe('a placeholder that no pool wants', () => {
  const full = { ...spec, standby: 2 };

  test('stays until an agent of its pool is registered', () => {
    expect(done([placeholder], {}, full)).toEqual([]);
    const kinds = planned(full, [anAgent(0, 'idle')], seeing([placeholder])).actions.map(({ kind }) => kind);
    expect(kinds).toContain('remove-placeholder');
  });

  test('goes where its pool is paused, or is not there any more', () => {
    expect(done([placeholder], {}, { ...spec, agentCount: 0 })).toMatchObject([{ kind: 'remove-placeholder' }]);
    expect(done([{ ...placeholder, name: placeholderName(OWNER, 'gone') }], {}, full)).toMatchObject([
      { kind: 'remove-placeholder' },
    ]);
  });

  test('stays after its pool was renamed until that of the new name is there', () => {
    const renamed = { ...placeholder, agentId: 8, name: placeholderName(OWNER, 'before') };
    expect(done([renamed])).toMatchObject([{ kind: 'keep-placeholder', agentId: undefined }]);
    expect(done([renamed, placeholder])).toMatchObject([{ kind: 'remove-placeholder', agentId: 8 }]);
  });

  test.each<Partial<Registration>>([{ online: true }, { assigned: aJob() }])(
    'stays where somebody has it: %o',
    given => {
      expect(done([{ ...placeholder, ...given }], {}, { ...spec, agentCount: 0 })).toEqual([]);
    },
  );
});

function seenAt(at: number): Partial<Registration> {
  return { capabilities: { ...placeholder.capabilities, [SEEN_AT]: new Date(at).toISOString() } };
}

function aJob() {
  return { requestId: 1, received: true, jobName: 'build', waitedMs: 1, result: undefined };
}
