import type { DaemonProcess } from '../../testbed/daemon-process.js';
import type { Scenario } from '../../testbed/scenario.js';
import { polled } from './polled.js';

/** What these tests read of `status --json`. */
interface Status {
  readonly incus: Readable;
  readonly pools: readonly PoolStatus[];
}

interface Readable {
  readonly readable: boolean;
  readonly since: number;
  readonly error?: string;
}

export interface PoolStatus {
  readonly azure: Readable;
  readonly registration: string;
  readonly agentCount: number;
  readonly live: number;
  readonly prepared: number;
  readonly drained: boolean;
  readonly waiting?: string;
  readonly agents: readonly { readonly name: string; readonly phase: string; readonly job?: string }[];
  readonly backingOff: readonly { readonly action: string; readonly failures: number; readonly error: string }[];
}

/** Asks the running daemon; undefined while it has not looked at anything yet. */
async function readStatus(scenario: Scenario): Promise<Status | undefined> {
  const { code, stdout } = await scenario.call('status', '--json');
  return code === 0 ? (JSON.parse(stdout) as Status) : undefined;
}

/** The status of a scenario's only pool. */
export async function readPool(scenario: Scenario): Promise<PoolStatus> {
  const pool = (await readStatus(scenario))?.pools[0];
  if (pool === undefined) throw new Error('the daemon shows no pool');
  return pool;
}

/** Resolves with the first status of the only pool for which `holds` does. */
export async function whenPool(
  scenario: Scenario,
  daemon: DaemonProcess,
  holds: (pool: PoolStatus) => boolean,
): Promise<PoolStatus> {
  const words = () => daemon.log.slice(-LAST_LINES).map(line => JSON.stringify(line));
  const pool = await polled(
    async () => (await readStatus(scenario))?.pools[0],
    seen => seen !== undefined && holds(seen),
    () => words().join('\n'),
  );
  if (pool === undefined) throw new Error('the daemon shows no pool');
  return pool;
}

const LAST_LINES = 20;
