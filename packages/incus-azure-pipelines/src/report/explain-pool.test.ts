import { expect, test } from 'vitest';
import { anAgent, anObserved, aPool, known, NOW } from '../../test/simulation/examples.js';
import type { Observed } from '../model/observed.js';
import { plan } from '../plan/plan.js';
import type { Death } from './death.js';
import { explainPool } from './explain-pool.js';
import { statusOf } from './status.js';
import type { PoolStatus } from './status-document.js';

const DEATH: Death = {
  name: 'ci-abc123-mwtxpuqj',
  pool: 'linux',
  base: 'base-1',
  why: 'vanished while it was idle',
  job: undefined,
  result: undefined,
  waitedMs: undefined,
  requestId: undefined,
  goneAt: NOW - 60_000,
  phases: [],
  memoryKills: 0,
  lastLines: '',
};

/** What is said of a pool of which this is seen. */
function explained(
  observed: Observed,
  { deaths = [], ...more }: { readonly deaths?: readonly Death[] } & Partial<PoolStatus> = {},
): string {
  const spec = aPool();
  const pass = { at: NOW, observed, plan: plan([spec], observed, NOW, { maxConcurrentCreates: 1 }) };
  const status = statusOf([spec], pass, () => known([]));
  return status.pools.flatMap(pool => explainPool({ ...pool, ...more }, { deaths, now: NOW, status })).join('\n');
}

test('a pool whose token is refused says so, though nothing fails of it yet', () => {
  const observed = anObserved([anAgent(0, 'idle'), anAgent(1, 'idle')]);
  expect(explained(observed, { tokenRefusedSince: NOW - 60_000 })).toContain(
    'Its token is refused since 60s ago; the one before it is used as long as it is good.',
  );
  expect(explained(observed)).not.toContain('refused');
});

test('a pool whose base is not built says whether agents are of an older one', () => {
  const wanted = { bases: known([]), wantedBases: new Map([['linux', known('base-2')]]) };
  expect(explained(anObserved([anAgent(0, 'idle')], wanted))).toContain(
    'Its base base-2 is not built; agents are of an older one meanwhile.',
  );
  expect(explained(anObserved([], wanted))).toContain('Its base base-2 is not built.');
});

test('one agent that ended is told as one', () => {
  const told = (why: string) => explained(anObserved([]), { deaths: [{ ...DEATH, why }] });
  expect(told('its job is done')).toContain('One agent has ended, because its job was done.');
  expect(told(DEATH.why)).toContain('One agent has ended, not because its job was done.');
});
