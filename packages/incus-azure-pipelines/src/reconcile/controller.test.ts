import { describe, expect, test } from 'vitest';
import {
  aBase,
  anInstance,
  aPool,
  aRegistration,
  JOB,
  known,
  NOW,
  OWNER,
  unknown,
} from '../../test/simulation/examples.js';
import type { Registration } from '../model/agent.js';
import { knownValue } from '../model/observed.js';
import { azureKey, type PoolSpec } from '../model/pool.js';
import type { Reading } from '../model/reading.js';
import { Controller, type Sight } from './controller.js';

const spec = aPool({ agentCount: 1 });
const parts = {
  desired: [spec],
  owner: OWNER,
  random: () => 0.5,
  emit: () => {},
  reconcileIntervalMs: 15_000,
  maxConcurrentCreates: 1,
};

/** What is seen `ms` later: one agent, which Azure shows like this. */
function sight(ms: number, registration: Partial<Registration> | undefined, instances?: Reading<never>): Sight {
  const at = NOW + ms;
  return {
    instances: instances ?? known([anInstance()], at),
    bases: known([aBase('base-1', { provenFor: ['linux'] })], at),
    registrations: new Map([[azureKey(spec.azure), known(registration ? [aRegistration(registration)] : [], at)]]),
    wantedBases: new Map([['linux', known('base-1', at)]]),
    requests: new Map(),
    drained: new Set(),
    drainedAgents: new Set(),
    withoutPlaceholder: new Set(),
    registration: new Map(),
    creationBlocked: undefined,
  };
}

/** What is done about the agent after these sights, five seconds apart. */
function decided(...sights: readonly ((ms: number) => Sight)[]): readonly string[] {
  const controller = new Controller(parts, NOW);
  for (const [index, see] of sights.entries()) {
    const seen = see(index * 5_000);
    controller.azureRead(seen.registrations);
    controller.observe(seen, NOW + index * 5_000);
  }
  return controller.last?.plan.actions.map(({ kind }) => kind) ?? [];
}

const disabled = (ms: number) => sight(ms, { enabled: false });

test('an agent is deregistered when two readings show it disabled, and Incus could not be read in between', () => {
  const unread = (ms: number) => sight(ms, { enabled: false }, unknown());
  expect(decided(disabled, unread, disabled)).toEqual(['delete-registration']);
});

test('what Azure showed while Incus could not be read denies a proof all the same', () => {
  const enabled = (ms: number) => sight(ms, { enabled: true }, unknown());
  const lacking = (ms: number) => sight(ms, undefined, unknown());
  expect(decided(disabled, enabled, disabled)).toEqual([]);
  expect(decided(disabled, lacking, disabled)).toEqual([]);
});

test('a request passes on from a pool without a base to the next that can have an agent, and stays there for half a minute', () => {
  const pools = ['first', 'second'].map(name => aPool({ name, agentCount: 2, standby: 1 }));
  const controller = new Controller({ ...parts, desired: pools }, NOW);
  const request = { requestId: 1, jobName: '', demands: [], received: false, isPrivate: true, queuedAt: undefined };
  const counted = (ms: number, ready: readonly string[]) => {
    const { queued } = controller.observe(
      {
        ...sight(ms, undefined),
        instances: known([], NOW + ms),
        bases: known(ready.map(pool => aBase(`base of ${pool}`, { pool, provenFor: [pool] }))),
        wantedBases: new Map(pools.map(({ name }) => [name, known(`base of ${name}`)])),
        requests: new Map([[azureKey(spec.azure), known([request], NOW + ms)]]),
      },
      NOW + ms,
    ).observed;
    return pools.map(({ name }) => knownValue(queued.get(name)));
  };
  expect(counted(0, ['second'])).toEqual([1, 0]);
  expect(counted(1, ['second'])).toEqual([0, 1]);
  expect(counted(2, ['first', 'second'])).toEqual([0, 1]);
  expect(counted(30_001, ['first', 'second'])).toEqual([1, 0]);
});

test('an agent that is over before a reading shows it is disabled by the id that it was registered with', () => {
  const controller = new Controller(parts, NOW);
  const activatedAt = NOW - 60_000;
  const guest = (status: 'running' | 'ready') => known([anInstance({ activatedAt, status, rangSinceChange: true })]);
  controller.noteRegistered(anInstance().name, 7);
  controller.observe({ ...sight(0, undefined), instances: guest('running') }, NOW);
  const pass = controller.observe({ ...sight(0, undefined), instances: guest('ready') }, NOW + 1);
  expect(pass.plan.actions).toContainEqual(expect.objectContaining({ kind: 'disable-agent', agentId: 7 }));
});

test('a trial whose instance is gone is lost, unless a reading that began since shows a job of its agent', () => {
  const bases = known([aBase('base-1', { provenFor: ['linux'] }), aBase('base-2')]);
  const wantedBases = new Map([['linux', known('base-2')]]);
  const key = azureKey(spec.azure);
  const failures = (shown: Partial<Registration> | undefined) => {
    const controller = new Controller(parts, NOW);
    const look = (ms: number, readMs: number, isThere: boolean, registration?: Partial<Registration>) => {
      const instances = known(isThere ? [anInstance({ base: 'base-2' })] : [], NOW + ms);
      const registrations = sight(readMs, registration).registrations;
      const pass = controller.observe(
        { ...sight(ms, undefined), bases, wantedBases, instances, registrations },
        NOW + ms,
      );
      return { count: pass.observed.failures.size, reread: pass.reread };
    };
    look(0, 0, true);
    expect(look(5_000, 4_999, false)).toEqual({ count: 1, reread: [key] });
    return look(5_001, 5_000, false, shown).count;
  };
  expect(failures({ online: false, completed: JOB })).toBe(0);
  expect(failures(undefined)).toBe(1);
  expect(failures({ online: false })).toBe(1);
});

test('the end of a guest that does not complain clears nothing where its agent was neither online nor had a job', () => {
  const controller = new Controller(parts, NOW);
  const [{ name }] = [anInstance()];
  controller.observe(sight(0, undefined), NOW);
  controller.noteRegistration('linux', 'another', 'no OAuth', NOW);
  const finished = (ms: number) => ({
    ...sight(ms, undefined),
    instances: known([anInstance({ status: 'ready' as const })], NOW + ms),
  });
  expect(controller.observe(finished(11_000), NOW + 11_000).observed.failures.size).toBe(1);
  controller.noteRegistration('linux', name, undefined, NOW + 11_000);
  expect(controller.observe(finished(12_000), NOW + 12_000).observed.failures.size).toBe(1);
});

describe('after something has failed for a pool', () => {
  const empty = (ms: number): Sight => ({ ...sight(ms, undefined), instances: known([], NOW + ms) });
  /** What is started a second later, when these are the pools then. */
  const startedWith = (pool: PoolSpec) => {
    const controller = new Controller(parts, NOW);
    const [action] = controller.observe(empty(0), NOW).plan.actions;
    if (action === undefined) throw new Error('nothing is made');
    controller.started(action, NOW);
    controller.failed(action, NOW, new Error('no such device'));
    controller.take({ ...parts, desired: [pool] });
    return controller.observe(empty(1_000), NOW + 1_000).plan.actions.map(({ kind }) => kind);
  };

  test('it is tried at once when the pool is configured in another way', () => {
    expect(startedWith({ ...spec, fittings: { devices: {} } })).toEqual(['create-instance']);
  });

  test('it waits for its time when another configuration leaves the pool as it was', () => {
    expect(startedWith({ ...spec })).toEqual([]);
  });
});
