import { setTimeout as pause } from 'node:timers/promises';
import type { DaemonProcess } from '../../testbed/daemon-process.js';
import type { Scenario } from '../../testbed/scenario.js';

/** What these tests read of `status --json`. */
export interface Status {
  readonly incus: Readable;
  readonly pools: readonly PoolStatus[];
}

export interface Readable {
  readonly readable: boolean;
  readonly since: number;
  readonly error?: string;
}

export interface PoolStatus {
  readonly azure: Readable;
  readonly agentCount: number;
  readonly live: number;
  readonly prepared: number;
  readonly drained: boolean;
  readonly waiting?: string;
  readonly agents: readonly { readonly name: string; readonly phase: string; readonly job?: string }[];
  readonly backingOff: readonly { readonly action: string; readonly error: string }[];
}

const DEADLINE_MS = 150_000;

/** Asks the running daemon; undefined while it has not looked at anything yet. */
export async function readStatus(scenario: Scenario): Promise<Status | undefined> {
  const { code, stdout } = await scenario.call('status', '--json');
  return code === 0 ? (JSON.parse(stdout) as Status) : undefined;
}

/** The status of a scenario's only pool. */
export async function readPool(scenario: Scenario): Promise<PoolStatus> {
  const pool = (await readStatus(scenario))?.pools[0];
  if (pool === undefined) throw new Error('the daemon shows no pool');
  return pool;
}

/** Resolves with the first status of the only pool for which `holds` does. Rejects with the last one seen. */
export async function whenPool(
  scenario: Scenario,
  daemon: DaemonProcess,
  holds: (pool: PoolStatus) => boolean,
): Promise<PoolStatus> {
  const giveUp = AbortSignal.timeout(DEADLINE_MS);
  for (let last: PoolStatus | undefined; ; ) {
    last = (await readStatus(scenario))?.pools[0] ?? last;
    if (last !== undefined && holds(last)) return last;
    if (giveUp.aborted) {
      const words = daemon.log.slice(-20).map(line => JSON.stringify(line));
      throw new Error(`the status did not come to be as awaited: ${JSON.stringify(last)}\n${words.join('\n')}`);
    }
    // A status has no event that tells of it.
    await pause(200);
  }
}
