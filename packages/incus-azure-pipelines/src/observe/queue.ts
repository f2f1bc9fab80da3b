import { unmetDemands } from 'azure-pipelines-client/demands';
import type { HeldUp } from '../model/action.js';
import { type Agent, isLive, type Registration } from '../model/agent.js';
import { knownValue, type Reading } from '../model/observed.js';
import { azureKey, type PoolSpec, scales } from '../model/pool.js';
import { isLeft, type Offer, type UnfinishedRequest, type WaitingRequest } from '../model/queue.js';
import { type Here, HostShares, type Others } from './host-shares.js';
import type { OtherHost } from './other-hosts.js';
import { ParallelJobs } from './parallel-jobs.js';

/**
 * An idle agent is given a job that it can do within seconds. A request that waits beside one for so long waits for something
 * else: a parallel job, an approval, an exclusive lock.
 */
export const HELD_MS = 60_000;

/** Everything that tells what waits. */
export interface QueueSight {
  /** By `azureKey`; there for agent pools whose queue is read. */
  readonly requests: ReadonlyMap<string, Reading<readonly UnfinishedRequest[]>>;
  /** By `azureKey`. They are read before the requests: what is assigned in between counts once. */
  readonly registrations: ReadonlyMap<string, Reading<readonly Registration[]>>;
  readonly agents: readonly Agent[];
  /** By pool. */
  readonly offers: ReadonlyMap<string, Offer>;
  /** Pools that a person drains. */
  readonly drained: ReadonlySet<string>;
  /** By `azureKey`: requests that agents have taken which are gone since; the reading of the queue may be older. */
  readonly taken?: ReadonlyMap<string, ReadonlySet<number>>;
  /** By `azureKey`: how many jobs of private projects the organisation may run at once, where that is known. */
  readonly parallelJobs?: ReadonlyMap<string, number>;
  /** By `azureKey`: who else makes agents. */
  readonly others?: ReadonlyMap<string, Others>;
  /** Pools for which no agent can be made now. */
  readonly heldUp?: ReadonlyMap<string, HeldUp>;
}

/** What waits, and for which pools. */
export interface Queue {
  /** By pool that scales, or whose queue is read for onlookers alone: how many requests it is to have agents for. */
  readonly queued: ReadonlyMap<string, Reading<number>>;
  readonly waiting: readonly WaitingRequest[];
  /** By `azureKey`: the other hosts, with what it was found out about their room. */
  readonly hosts: ReadonlyMap<string, readonly OtherHost[]>;
}

/** A pool, as far as it takes part in sharing a queue out. */
interface Place {
  readonly spec: PoolSpec;
  /** Undefined where none of its agents has told yet and no agent is made for it: it may be able to do anything. */
  readonly capabilities: Offer['capabilities'] | undefined;
  readonly idle: readonly Agent[];
  /** Idle agents that are not counted on by a request yet. */
  readonly free: Set<Agent>;
  /** Agents, idle or on their way, that are not counted on by a request yet; the reserve is not among them. */
  coming: number;
  /** Agents that it may still have for requests: where it is held up, those that are there or can become some, or one that tries. */
  room: number;
  /** Requests that its agents have done since the queue was read, and nobody has seen which. */
  done: number;
  queued: number;
}

/** Who could do what demands the same. */
interface Fit {
  readonly able: readonly Place[];
  /** Idle agents of these places that could: one of an older base may have less than the next ones will. */
  readonly own: readonly Agent[];
  /** Those of other hosts included. */
  readonly idle: readonly Pick<Agent, 'since'>[];
  /** Where there are none: what the nearest place lacks. */
  readonly unmet: readonly string[];
}

/** What there is for a request. */
interface Chances extends Pick<WaitingRequest, 'agentPool' | 'mostAtOnce'> {
  readonly fit: Fit;
  readonly shares: HostShares | undefined;
}

/**
 * Counts each request that no agent has for one pool: one that has an idle agent for it, else one that has an agent on its way,
 * else the first in the file that has room for another and is not held up, else the first that offers what it demands. What no pool offers, what waits though it could be taken, and
 * what is beyond the jobs that the organisation may run at once, counts for none; nor does what is left to another host. A request that was done since then still stands in the reading, and counts no more: an agent that says that
 * it is finished has had the oldest that it could do. Unknown where queue or agents are not read. Where no pool scales, the
 * counting is for those who look: nothing is left to another host, and nobody is told unfit before an agent has shown what it offers.
 */
export function shareQueue(
  before: readonly WaitingRequest[],
  sight: QueueSight,
  desired: readonly PoolSpec[],
  now: number,
): Queue {
  const queued = new Map<string, Reading<number>>();
  const waiting: WaitingRequest[] = [];
  const hosts = new Map<string, readonly OtherHost[]>();
  for (const [key, requests] of sight.requests) {
    const specs = desired.filter(spec => azureKey(spec.azure) === key);
    const isFollowed = specs.some(scales);
    const counted = isFollowed ? specs.filter(scales) : specs;
    const registrations = sight.registrations.get(key);
    const old = before.filter(({ agentPool }) => agentPool === key);
    if (!requests.known || !registrations?.known) {
      const unread = requests.known ? registrations : requests;
      for (const { name } of counted) if (unread?.known === false) queued.set(name, unread);
      waiting.push(...old);
      continue;
    }
    const places = specs.map(spec => placeOf(spec, sight, isFollowed, requests.at));
    const taken = sight.agents.flatMap(({ agentPool, life }) => (agentPool === key ? (life.requestId ?? []) : []));
    const gone = sight.taken?.get(key) ?? [];
    const held = new Set([...registrations.value.flatMap(one => holding(one, sight.agents)), ...taken]);
    const having = new Set([...held, ...gone]);
    const known = new Map(old.map(request => [request.requestId, request]));
    const fits = new Map<string, Fit>();
    const others = sight.others?.get(key);
    const shares = others && others.hosts.length > 0 ? new HostShares(others, now) : undefined;
    const licences = new ParallelJobs(sight.parallelJobs?.get(key), requests.value, held);
    for (const request of [...requests.value].sort((a, b) => a.requestId - b.requestId)) {
      if (request.received || having.has(request.requestId)) continue;
      const demanded = request.demands.join('\n');
      const fit = fits.get(demanded) ?? fitOf(request.demands, places, shares);
      fits.set(demanded, fit);
      const seen = known.get(request.requestId);
      const isDone = seen?.held !== true && doneBy(fit.able);
      if (isDone) continue;
      // What waits for an approval would keep a parallel job from one that could have it.
      const isHeldBesides = seen?.held === true && seen.mostAtOnce === undefined;
      const mostAtOnce = fit.able.length > 0 && !isHeldBesides ? licences.take(request) : undefined;
      const chances = { agentPool: key, fit, shares: isFollowed ? shares : undefined, mostAtOnce };
      waiting.push(judged(request, seen, chances, requests.at, now));
    }
    if (shares) hosts.set(key, shares.hosts);
    for (const { spec, queued: count } of places)
      if (counted.includes(spec)) queued.set(spec.name, { known: true, value: count, at: requests.at });
  }
  return { queued, waiting, hosts };
}

/** The request that it holds. What a foreign agent lost that is offline is given to another; ours are counted until they end. */
function holding({ assigned, name, online }: Registration, agents: readonly Agent[]): readonly number[] {
  const isOurs = () => agents.some(agent => agent.name === name && isLive(agent.phase));
  return assigned !== undefined && (online || isOurs()) ? [assigned.requestId] : [];
}

/** Whether one of these agents has done a request that nobody has seen it have; it then has done one less. */
function doneBy(able: readonly Place[]): boolean {
  const place = able.find(({ done }) => done > 0);
  if (place !== undefined) place.done -= 1;
  return place !== undefined;
}

function placeOf(spec: PoolSpec, sight: QueueSight, isFollowed: boolean, readAt: number): Place {
  const { agents, drained, heldUp, offers } = sight;
  const own = agents.filter(agent => agent.pool === spec.name);
  const live = own.filter(({ phase }) => isLive(phase));
  const idle = live.filter(({ phase }) => phase === 'idle');
  const others = live.filter(({ phase }) => phase !== 'idle' && phase !== 'starting').length;
  const offer = offers.get(spec.name);
  const capabilities = isFollowed || offer?.shownBy !== undefined ? (offer?.capabilities ?? {}) : undefined;
  // One that we have taken from Azure was seen without a job before.
  const hasDone = ({ life, phase, since }: Agent) =>
    !isLive(phase) && life.saidFinished && since > readAt && life.requestId === undefined && !life.deregistered;
  const done = own.filter(hasDone).length;
  const starting = live.filter(({ phase }) => phase === 'starting').length;
  const made = own.filter(({ phase }) => phase === 'preparing' || phase === 'prepared').length;
  const coming = idle.length + starting + Math.max(0, made - spec.reserve);
  const held = heldUp?.get(spec.name);
  const there = idle.length + starting + (held?.in === 'creating' ? made : 0);
  const most = drained.has(spec.name) ? 0 : spec.agentCount - others;
  const room = held === undefined ? most : Math.min(most, Math.max(there, held.isToBeTried ? 1 : 0));
  return { spec, capabilities, idle, free: new Set(idle.slice(0, Math.max(0, room))), coming, room, done, queued: 0 };
}

function fitOf(demands: readonly string[], places: readonly Place[], shares: HostShares | undefined): Fit {
  const lacks = places.map(place => {
    const { capabilities } = place;
    return { place, unmet: capabilities === undefined ? [] : unmetDemands(capabilities, demands) };
  });
  const able = lacks.flatMap(({ place, unmet }) => (unmet.length === 0 ? [place] : []));
  const least = lacks.reduce((few, { unmet }) => (unmet.length < few.length ? unmet : few), demands);
  const own = able.flatMap(place => place.idle).filter(agent => canDo(agent, demands));
  const idle = [...own, ...(shares?.idle(demands) ?? [])];
  return { able, own, idle, unmet: able.length > 0 ? [] : least };
}

function canDo({ registration }: Agent, demands: readonly string[]): boolean {
  const told = knownValue(registration)?.capabilities;
  return told === undefined || unmetDemands(told, demands).length === 0;
}

function judged(
  request: UnfinishedRequest,
  known: WaitingRequest | undefined,
  { agentPool, fit, mostAtOnce, shares }: Chances,
  readAt: number,
  now: number,
): WaitingRequest {
  const { able, idle, unmet } = fit;
  const since = known?.since ?? now;
  const couldTakeAt = idle.length > 0 ? now : known?.couldTakeAt;
  const isLong = since <= readAt - HELD_MS && idle.some(agent => agent.since <= readAt - HELD_MS);
  const wasHeldBesideIdle = known?.held === true && known.mostAtOnce === undefined;
  const isStill = wasHeldBesideIdle && couldTakeAt !== undefined && now - couldTakeAt < HELD_MS;
  const held = mostAtOnce !== undefined || isLong || isStill;
  const turn = held || able.length === 0 ? undefined : shares?.turnFor(request, known, hereFor(fit));
  const pool = (held || isLeft({ turn }) ? nearest(fit) : claimed(fit))?.spec.name;
  const { demands, jobName, queuedAt, requestId } = request;
  // Written out: it is made for each request in each pass.
  return { requestId, jobName, demands, queuedAt, agentPool, since, pool, unmet, couldTakeAt, held, mostAtOnce, turn };
}

function hereFor({ able, own }: Fit): Here {
  const room = able.some(place => place.room > 0);
  const idle = able.some(place => own.some(agent => place.free.has(agent)));
  return { idle, coming: room && able.some(place => place.coming > 0), room };
}

/** The place that a request stands with which has no agent anywhere: one where an idle one shows why. */
function nearest({ able, own }: Fit): Place | undefined {
  return able.find(({ idle }) => own.some(agent => idle.includes(agent))) ?? able[0];
}

/** The place that an agent is to be had at. */
function claimed({ able, own }: Fit): Place | undefined {
  const free = own.find(agent => able.some(place => place.free.has(agent)));
  const place =
    able.find(one => free !== undefined && one.free.has(free)) ??
    able.find(({ coming, free, room }) => coming > free.size && room > 0) ??
    able.find(({ room }) => room > 0) ??
    able[0];
  if (place === undefined) return undefined;
  if (free !== undefined) place.free.delete(free);
  place.coming -= 1;
  place.room -= 1;
  place.queued += 1;
  return place;
}
