import type { Plan } from '../model/action.js';
import type { AgentPhase } from '../model/agent.js';
import { knownValue, type Observed } from '../model/observed.js';
import { azureKey, isScaled, type PoolSpec, scales } from '../model/pool.js';
import type { WaitingRequest } from '../model/queue.js';
import { printable, printableLine } from './printable.js';
import type { QueueStatus, WaitingStatus } from './status-document.js';

/**
 * What waits, as the pool that it counts for shows it; undefined where its queue is not read, as that of a pool of fixed size is
 * while nobody looks. What counts for none, or for a pool of fixed size beside one that scales, is shown by the first that scales of
 * its agent pool. Pure.
 */
export function queueStatus(
  spec: PoolSpec,
  desired: readonly PoolSpec[],
  observed: Observed,
  plan: Plan,
): QueueStatus | undefined {
  const key = azureKey(spec.azure);
  const sharing = desired.filter(one => azureKey(one.azure) === key);
  const [reading] = [spec, ...sharing].flatMap(({ name }) => observed.queued.get(name) ?? []);
  if (!scales(spec) && reading === undefined) return undefined;
  const showing = isScaled(spec.azure, desired) ? sharing.filter(scales) : sharing;
  const shownBy = ({ pool }: WaitingRequest) => showing.find(({ name }) => name === pool) ?? showing[0];
  const own = observed.waiting.filter(one => one.agentPool === key && shownBy(one) === spec);
  const unread = reading?.known === false ? { since: reading.since, error: printable(reading.error) } : undefined;
  const views = new Map(desired.map(one => [one.name, viewOf(one, reading?.known === true, observed, plan)]));
  return {
    followed: scales(spec),
    standby: spec.standby,
    ...(reading?.known === true ? { readAt: reading.at } : {}),
    ...(reading?.known === true && scales(spec) ? { queued: reading.value } : {}),
    ...(unread === undefined ? {} : { unread }),
    waiting: grouped(own, request => judge(request, views.get(request.pool ?? ''))),
  };
}

/** A pool, as far as what waits for it depends on it. */
interface View {
  readonly spec: PoolSpec;
  readonly isDrained: boolean;
  readonly isRead: boolean;
  readonly busy: number;
  /** Idle agents that no request before is about to be given. */
  idle: number;
  /** What keeps it from making agents. */
  readonly obstacle: string | undefined;
}

function viewOf(spec: PoolSpec, isRead: boolean, observed: Observed, plan: Plan): View {
  const agents = (knownValue(observed.agents) ?? []).filter(agent => agent.pool === spec.name);
  const inPhase = (wanted: AgentPhase) => agents.filter(({ phase }) => phase === wanted).length;
  const isDrained = observed.drained.has(spec.name);
  const obstacle = plan.pools.get(spec.name)?.waiting;
  return { spec, isDrained, isRead, busy: inPhase('busy'), idle: inPhase('idle'), obstacle };
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

/** Judges requests in the order in which they are given to agents: each takes one of those that are idle. */
function judge(
  { held, mostAtOnce, turn, unmet }: WaitingRequest,
  view: View | undefined,
): Pick<WaitingStatus, 'for' | 'why'> {
  const quoted = unmet.map(demand => `"${printableLine(demand)}"`).join(', ');
  if (view === undefined) return { for: 'nobody', why: `no pool offers what it demands: ${quoted}` };
  const { agentCount, name } = view.spec;
  if (view.isDrained) return { for: 'agent', why: `pool ${name} could take it, and a person drains it` };
  if (!view.isRead)
    return { for: 'agent', why: 'it waited when the queue was read last, and no agent is made meanwhile' };
  if (mostAtOnce !== undefined)
    return {
      for: 'other',
      why: `the organisation runs as many jobs at once as it may, which is ${mostAtOnce}: more are to be bought`,
    };
  if (held)
    return {
      for: 'other',
      why: 'idle agents could take it, so it waits for something else: a parallel job, an approval or an exclusive lock; one stays idle, to see when that is over',
    };
  if (turn?.of === 'agent') return { for: 'agent', why: 'an agent of another host is about to be given it' };
  if (turn?.of === 'host') return { for: 'agent', why: 'another host is to make an agent for it, if it has room' };
  if (agentCount === 0) return { for: 'agent', why: `pool ${name} could take it, and is paused: its agentCount is 0` };
  view.idle -= 1;
  if (view.idle >= 0) return { for: 'agent', why: 'an idle agent is about to be given it' };
  if (view.busy >= agentCount)
    return {
      for: 'agent',
      why: agentCount === 1 ? 'the only agent of the pool has a job' : `all ${agentCount} agents of the pool have jobs`,
    };
  if (view.obstacle !== undefined)
    return {
      for: 'agent',
      why: `no agent is made for it now, since pool ${name} waits: ${printableLine(view.obstacle)}`,
    };
  return { for: 'agent', why: 'an agent is on its way for it' };
}
