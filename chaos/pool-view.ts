import { setTimeout as delay } from 'node:timers/promises';
import type { SlotTime } from 'incus-azure-pipelines';
import { fetchMetrics } from '../bench/daemon-metrics.js';
import type { DaemonProcess } from '../testbed/daemon-process.js';
import type { Scenario } from '../testbed/scenario.js';

/** The pool as `status --json` shows it, as far as it is needed. */
interface PoolStatus {
  readonly agentCount: number;
  readonly agents: readonly { readonly name: string; readonly phase: string }[];
}

const pauseMs = 300;
const metricsMs = 10_000;
const MARK_OF_BASES = 'user.iap.base.state';

/** Waits until the pool is whole by the daemon's own account; false when that does not come about in time. */
export async function whenWhole(
  scenario: Scenario,
  reserve: number,
  deadlineMs: number,
  signal: AbortSignal,
): Promise<boolean> {
  const giveUpAt = performance.now() + deadlineMs;
  while (performance.now() < giveUpAt) {
    const pool = await readPool(scenario);
    if (pool !== undefined && isWhole(pool, reserve)) return true;
    await delay(pauseMs, undefined, { signal });
  }
  return false;
}

/** Whether there are the agents that are wanted, all of them idle, the reserve, and nothing else. */
export function isWhole({ agentCount, agents }: PoolStatus, reserve: number): boolean {
  const count = (wanted: string) => agents.filter(({ phase }) => phase === wanted).length;
  return count('idle') === agentCount && count('prepared') === reserve && agents.length === agentCount + reserve;
}

/** What is in Incus and in Azure beyond one base and what the daemon knows. */
export async function strays(
  scenario: Scenario,
): Promise<{ readonly strayInstances: readonly string[]; readonly strayRegistrations: readonly string[] }> {
  const agents = (await readPool(scenario))?.agents ?? [];
  const known = new Set(agents.map(({ name }) => name));
  const idle = new Set(agents.filter(({ phase }) => phase === 'idle').map(({ name }) => name));
  const instances = await scenario.incus.instances.list();
  const bases = instances.filter(({ config }) => config[MARK_OF_BASES] !== undefined).map(({ name }) => name);
  const guests = instances.map(({ name }) => name).filter(name => !bases.includes(name));
  const registrations = scenario.emulator.agents().map(({ name }) => name);
  return {
    strayInstances: [...bases.slice(1), ...guests.filter(name => !known.has(name))],
    strayRegistrations: registrations.filter(name => !idle.has(name)),
  };
}

/** The slot-seconds that a daemon has counted since its start. */
export async function slotsByDaemon(daemon: DaemonProcess): Promise<SlotTime> {
  const text = await fetchMetrics(daemon, AbortSignal.timeout(metricsMs));
  return slotTimeIn(text);
}

/** Reads the counters of slot-seconds from the text of the metrics of a daemon with one pool. */
export function slotTimeIn(metrics: string): SlotTime {
  const ms = (name: string) =>
    Number(new RegExp(`^iap_slot_seconds_${name}_total\\{.*\\} (\\S+)$`, 'm').exec(metrics)?.[1] ?? Number.NaN) * 1_000;
  return { wantedMs: ms('wanted'), availableMs: ms('available'), handoverMs: ms('handover') };
}

/** Undefined while no daemon answers, or it has not looked yet. */
async function readPool(scenario: Scenario): Promise<PoolStatus | undefined> {
  const { code, stdout } = await scenario.call('status', '--json');
  if (code !== 0) return undefined;
  return (JSON.parse(stdout) as { readonly pools: readonly PoolStatus[] }).pools[0];
}
