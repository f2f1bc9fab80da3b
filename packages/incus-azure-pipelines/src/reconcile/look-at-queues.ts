import { childSignal } from '../lib/child-signal.js';
import type { Clock } from '../lib/clock.js';
import type { Events } from '../lib/events.js';
import type { DaemonEvents } from '../model/event.js';
import { azureKey, type DaemonSpec } from '../model/pool.js';
import type { PoolsInForce } from './pools-in-force.js';
import type { Reconciler } from './reconciler.js';

/** Whoever asks is answered by then with what there is. */
const PATIENCE_MS = 3_000;

interface Looked {
  readonly spec: DaemonSpec;
  readonly pools: Pick<PoolsInForce, 'observers' | 'onlookers'>;
  readonly reconciler: Pick<Reconciler, 'last'>;
  readonly events: Events<DaemonEvents>;
}

/**
 * Looks once: has those queues read that are read for onlookers alone, and waits until a pass has seen what is new in them, or it
 * is plain that none will: for three seconds at most.
 */
export async function lookAtQueues(looked: Looked, clock: Clock, signal: AbortSignal): Promise<void> {
  using _onlooker = looked.pools.onlookers.enter();
  if (areSeen(looked)) return;
  using seen = childSignal(signal);
  const off = looked.events.on('pass-ended', () => areSeen(looked) && seen[Symbol.dispose]());
  await clock.sleep(PATIENCE_MS, seen.signal).catch(() => {});
  off();
}

/** While Incus is unread nothing is made of a queue, and while Azure is unread no queue is read. */
function areSeen({ pools: { observers }, reconciler: { last }, spec: { pools } }: Looked): boolean {
  if (last === undefined) return false;
  const { agents, queued } = last.observed;
  const seen = new Set(pools.flatMap(({ azure, name }) => (queued.has(name) ? azureKey(azure) : [])));
  const isSeen = (key: string) => {
    const observer = observers.get(key);
    return observer?.reading.known !== true || (observer.isQueueFresh && seen.has(key));
  };
  return !agents.known || pools.every(({ azure }) => isSeen(azureKey(azure)));
}
