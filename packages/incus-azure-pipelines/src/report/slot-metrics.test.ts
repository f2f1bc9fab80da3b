import { expect, test } from 'vitest';
import { anAgent, anObserved, aPool, known, NOW, unknown } from '../../test/simulation/examples.js';
import { Events } from '../lib/events.js';
import type { AgentPhase } from '../model/agent.js';
import type { DaemonEvents } from '../model/event.js';
import type { Reading } from '../model/observed.js';
import { plan } from '../plan/plan.js';
import { makeMetrics } from './metrics.js';
import { statusOf } from './status.js';

/** What one pass sees of a pool of two. */
interface Seen {
  readonly afterMs: number;
  readonly phases: readonly AgentPhase[];
  readonly azure?: Reading<unknown>;
}

/** What the counters say after these passes, in seconds. */
async function countedIn(passes: readonly Seen[]): Promise<Record<string, number>> {
  const events = new Events<DaemonEvents>(error => {
    throw error;
  });
  const desired = [aPool({ agentCount: 2 })];
  let document: ReturnType<typeof statusOf> | undefined;
  const registry = makeMetrics(
    events,
    () => document,
    async () => 0,
  );
  for (const { afterMs, phases, azure = known([]) } of passes) {
    const at = NOW + afterMs;
    const observed = anObserved(phases.map((phase, n) => anAgent(n, phase)));
    const decided = plan(desired, observed, at, { maxConcurrentCreates: 1 });
    document = statusOf(desired, { at, observed, plan: decided }, () => azure);
    events.emit('pass-ended', { at });
  }
  const text = await registry.metrics();
  const lines = [...text.matchAll(/^iap_slot_seconds_(\w+)_total\{pool="linux"\} (\S+)$/gm)];
  return Object.fromEntries(lines.map(([, name = '', seconds]) => [name, Number(seconds)]));
}

test('a place is available while its agent is idle or busy, and handed over while the next one starts', async () => {
  const counted = await countedIn([
    { afterMs: 0, phases: ['idle', 'busy'] },
    { afterMs: 10_000, phases: ['idle', 'finished', 'starting'] },
    { afterMs: 12_000, phases: ['idle', 'idle'] },
  ]);
  expect(counted).toEqual({ wanted: 24, available: 22, handover: 2 });
});

test('an agent that is offline is missing, for as long as it is', async () => {
  const counted = await countedIn([
    { afterMs: 0, phases: ['idle', 'offline'] },
    { afterMs: 60_000, phases: ['idle', 'idle'] },
  ]);
  expect(counted).toEqual({ wanted: 120, available: 60, handover: 0 });
});

test('nothing is counted while Azure cannot be read', async () => {
  const counted = await countedIn([
    { afterMs: 0, phases: ['idle', 'idle'] },
    { afterMs: 1_000, phases: ['idle', 'idle'], azure: unknown() },
    { afterMs: 61_000, phases: ['idle', 'idle'] },
    { afterMs: 62_000, phases: ['idle', 'idle'] },
  ]);
  expect(counted).toEqual({ wanted: 4, available: 4, handover: 0 });
});
