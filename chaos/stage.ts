import { setTimeout as delay } from 'node:timers/promises';
import type { PrivateIncus } from '../testbed/private-incus.js';
import type { Scenario } from '../testbed/scenario.js';
import type { DaemonKeeper } from './daemon-keeper.js';
import type { SlotWatch } from './slot-watch.js';
import type { Hit } from './verdict.js';

/** What faults are done to, and where they are noted. */
export interface Stage {
  readonly incus: PrivateIncus;
  readonly scenario: Scenario;
  readonly keeper: DaemonKeeper;
  readonly slots: SlotWatch;
  readonly hits: Hit[];
  /** Aborts when faults are to end. */
  readonly over: AbortSignal;
}

/** Lets a fault stay for a while, or until all of them are to end. */
export async function hold(ms: number, { over }: Stage): Promise<void> {
  await delay(ms, undefined, { signal: over }).catch(() => undefined);
}
