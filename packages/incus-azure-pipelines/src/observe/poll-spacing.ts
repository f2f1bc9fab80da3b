import type { AzureTarget, DaemonSpec, PoolSpec } from '../model/pool.js';

/** Two readings of an agent pool that are asked for early are so far apart, where one daemon reads one agent pool. */
const EARLY_SPACING_MS = 1_000;

/** How many readers there are, and how many calls a minute they make together; in between it is interpolated. */
const BUDGET = [
  { readers: 1, calls: 12 },
  { readers: 5, calls: 30 },
  { readers: 40, calls: 60 },
] as const;
const ALONE = BUDGET[0];
/** However many registrations somebody makes up, a reading comes within twenty times the interval. */
const MOST_READERS = 100;

/**
 * How often one of so many readers reads, in ms, where one alone reads every `intervalMs`. A reader is a daemon and an agent
 * pool of one organisation: two agent pools are read as seldom as by two daemons.
 */
export function sharedInterval(intervalMs: number, readers: number): number {
  return (intervalMs * counted(readers) * ALONE.calls) / callsOf(counted(readers));
}

/** How far apart two early readings of one of so many readers are, in ms: all together make one a second at most. */
export function earlySpacing(readers: number): number {
  return EARLY_SPACING_MS * counted(readers);
}

/** Which agent pool a daemon reads, and how often: the interval of the file, and the number of agent pools of its organisation. */
export function pollingOf(
  { agentPool, url }: AzureTarget,
  {
    azurePollIntervalMs,
    pools,
  }: Pick<DaemonSpec, 'azurePollIntervalMs'> & {
    readonly pools: readonly Pick<PoolSpec, 'azure'>[];
  },
): { readonly agentPool: string; readonly pollIntervalMs: number; readonly agentPools: number } {
  const names = pools.flatMap(({ azure }) => (azure.url === url ? [azure.agentPool] : []));
  return { agentPool, pollIntervalMs: azurePollIntervalMs, agentPools: new Set(names).size };
}

function counted(readers: number): number {
  return Math.min(Math.max(readers, ALONE.readers), MOST_READERS);
}

function callsOf(readers: number): number {
  const after = BUDGET.findIndex(step => step.readers > readers);
  const to = BUDGET[after];
  const from = BUDGET[after - 1];
  if (from === undefined || to === undefined) return BUDGET[2].calls;
  return from.calls + ((readers - from.readers) * (to.calls - from.calls)) / (to.readers - from.readers);
}
