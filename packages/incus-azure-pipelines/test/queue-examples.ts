import type { Observed } from '../src/model/observed.js';
import { azureKey } from '../src/model/pool.js';
import type { UnfinishedRequest, WaitingRequest } from '../src/model/queue.js';
import type { OtherHost } from '../src/observe/other-hosts.js';
import { type QueueSight, shareQueue } from '../src/observe/queue.js';
import { aPool, known, NOW } from './simulation/examples.js';

export const first = aPool({ name: 'first', agentCount: 2, standby: 1 });
export const second = aPool({ name: 'second', agentCount: 3, standby: 1 });
export const KEY = azureKey(first.azure);
const DRAINED = new Set<string>();

export function aRequest(requestId: number, given: Partial<UnfinishedRequest> = {}): UnfinishedRequest {
  return { requestId, jobName: 'build', demands: [], received: false, isPrivate: true, queuedAt: undefined, ...given };
}

export function aSight(requests: readonly UnfinishedRequest[], given: Partial<QueueSight> = {}): QueueSight {
  return {
    requests: new Map([[KEY, known(requests)]]),
    registrations: new Map([[KEY, known([])]]),
    agents: [],
    offers: new Map([
      ['first', { shownBy: undefined, capabilities: { docker: '', 'agent.version': '4.275.0' } }],
      ['second', { shownBy: undefined, capabilities: { gpu: 'two', 'agent.version': '4.275.0' } }],
    ]),
    drained: DRAINED,
    ...given,
  };
}

/** Another host with one agent, of which nothing else is known. */
export function aHost(owner: string, given: Partial<OtherHost> = {}): OtherHost {
  const most = { agents: given.agents ?? 1, grewAt: undefined, fewerSince: undefined };
  return { owner, isThere: true, agents: 1, free: [], most, told: [], full: undefined, ...given };
}

export function counts(sight: QueueSight, pools = [first, second], before: readonly WaitingRequest[] = []) {
  const { queued } = shareQueue(before, sight, pools, NOW);
  return Object.fromEntries([...queued].map(([pool, reading]) => [pool, reading.known ? reading.value : undefined]));
}

/** A job that no agent has, and that counts for the pool `linux`. */
export function aWaiting(requestId: number, given: Partial<WaitingRequest> = {}): WaitingRequest {
  const { demands, jobName, queuedAt } = aRequest(requestId);
  const nobody = { couldTakeAt: undefined, held: false, mostAtOnce: undefined, turn: undefined, unmet: [] };
  return { requestId, jobName, demands, queuedAt, agentPool: KEY, since: NOW, pool: 'linux', ...nobody, ...given };
}

/** What is observed of a queue in which these wait. */
export function aReadQueue(waiting: readonly WaitingRequest[]): Pick<Observed, 'queued' | 'waiting'> {
  return { queued: new Map([['linux', known(waiting.length)]]), waiting };
}
