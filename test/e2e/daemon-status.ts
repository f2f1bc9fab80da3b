import { callDaemon } from '../../packages/incus-azure-pipelines/src/cli/control.js';
import type { StatusDocument } from '../../packages/incus-azure-pipelines/src/report/status-document.js';
import type { DaemonProcess } from '../../testbed/daemon-process.js';
import type { Scenario } from '../../testbed/scenario.js';
import { polled } from './polled.js';

export type PoolStatus = StatusDocument['pools'][number];

/** What `status --json` shows, without a process for each question; undefined while the daemon has not looked yet. */
async function readStatus(scenario: Scenario): Promise<StatusDocument | undefined> {
  const answer = callDaemon(scenario.controlSocket, 'GET', '/status');
  return (await answer.catch(() => undefined)) as StatusDocument | undefined;
}

/** The status of one of a scenario's pools; of its only one when none is named. */
export async function readPool(scenario: Scenario, name = 'default'): Promise<PoolStatus> {
  const pool = poolOf(await readStatus(scenario), name);
  if (pool === undefined) throw new Error(`the daemon shows no pool "${name}"`);
  return pool;
}

/** Resolves with the first status for which `holds` does. */
export async function whenStatus(
  scenario: Scenario,
  holds: (status: StatusDocument) => boolean,
): Promise<StatusDocument> {
  const status = await polled(
    () => readStatus(scenario),
    seen => seen !== undefined && holds(seen),
  );
  if (status === undefined) throw new Error('the daemon shows nothing');
  return status;
}

/** Resolves with the first status of a pool for which `holds` does. */
export async function whenPool(
  scenario: Scenario,
  daemon: DaemonProcess,
  holds: (pool: PoolStatus) => boolean,
  name = 'default',
): Promise<PoolStatus> {
  const words = () => daemon.log.slice(-LAST_LINES).map(line => JSON.stringify(line));
  const pool = await polled(
    async () => poolOf(await readStatus(scenario), name),
    seen => seen !== undefined && holds(seen),
    () => words().join('\n'),
  );
  if (pool === undefined) throw new Error(`the daemon shows no pool "${name}"`);
  return pool;
}

function poolOf(status: StatusDocument | undefined, name: string): PoolStatus | undefined {
  return status?.pools.find(pool => pool.name === name);
}

const LAST_LINES = 20;

/** All places are taken by agents that wait for a job, and nothing else is there. */
export function isFull(pool: PoolStatus): boolean {
  return pool.agents.length === pool.agentCount && pool.agents.every(({ phase }) => phase === 'idle');
}
