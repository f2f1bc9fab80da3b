import { knownValue, type Observed } from '../model/observed.js';
import { azureKey, type PoolSpec, scales } from '../model/pool.js';
import type { WaitingRequest } from '../model/queue.js';
import { printable, printableLine } from './printable.js';
import type { QueueStatus, WaitingStatus } from './status-document.js';

/**
 * What waits, as the pool that it counts for shows it; undefined for a pool of fixed size, which looks at no queue. What counts for
 * such a one, or for none, is shown by the first that scales of its agent pool. Pure.
 */
export function queueStatus(spec: PoolSpec, desired: readonly PoolSpec[], observed: Observed): QueueStatus | undefined {
  if (!scales(spec)) return undefined;
  const key = azureKey(spec.azure);
  const isFirst = desired.find(one => scales(one) && azureKey(one.azure) === key) === spec;
  const poolOf = ({ pool }: WaitingRequest) => desired.find(({ name }) => name === pool);
  const isShown = (one: PoolSpec | undefined) => one !== undefined && scales(one);
  const own = observed.waiting.filter(
    one => one.agentPool === key && (one.pool === spec.name || (isFirst && !isShown(poolOf(one)))),
  );
  const reading = observed.queued.get(spec.name);
  const unread = reading?.known === false ? { since: reading.since, error: printable(reading.error) } : undefined;
  return {
    standby: spec.standby,
    ...(reading?.known === true ? { queued: reading.value } : {}),
    ...(unread === undefined ? {} : { unread }),
    waiting: grouped(own, request => judge(request, poolOf(request), observed)),
  };
}

function grouped(
  requests: readonly WaitingRequest[],
  judgeOne: (request: WaitingRequest) => Pick<WaitingStatus, 'for' | 'why'>,
): readonly WaitingStatus[] {
  const groups = new Map<string, WaitingStatus>();
  for (const request of requests) {
    const judgement = judgeOne(request);
    const { jobName, queuedAt, requestId, since } = request;
    const shown = { requestId, job: printableLine(jobName), since: queuedAt ?? since };
    groups.set(judgement.why, { ...judgement, requests: [...(groups.get(judgement.why)?.requests ?? []), shown] });
  }
  return [...groups.values()];
}

function judge(
  { held, unmet }: WaitingRequest,
  pool: PoolSpec | undefined,
  observed: Observed,
): Pick<WaitingStatus, 'for' | 'why'> {
  const quoted = unmet.map(demand => `"${printableLine(demand)}"`).join(', ');
  if (pool === undefined) return { for: 'nobody', why: `no pool offers what it demands: ${quoted}` };
  if (held)
    return {
      for: 'other',
      why: 'idle agents could take it, so it waits for something else: a parallel job, an approval or an exclusive lock',
    };
  if (pool.agentCount === 0)
    return { for: 'agent', why: `pool ${pool.name} could take it, and is paused: its agentCount is 0` };
  const agents = (knownValue(observed.agents) ?? []).filter(agent => agent.pool === pool.name);
  if (agents.some(({ phase }) => phase === 'idle'))
    return { for: 'agent', why: 'an idle agent is about to be given it' };
  const busy = agents.filter(({ phase }) => phase === 'busy').length;
  if (busy >= pool.agentCount) return { for: 'agent', why: `all ${pool.agentCount} agents of the pool have jobs` };
  return { for: 'agent', why: 'an agent is on its way for it' };
}
