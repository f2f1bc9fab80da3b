import { unmetDemands } from 'azure-pipelines-client/demands';
import type { Turn, UnfinishedRequest, WaitingRequest } from '../model/queue.js';
import { type FreeAgent, isExpected, type OtherHost } from './other-hosts.js';

/** What an agent takes from the decision to make it until it is registered. */
const MAKING_MS = 20_000;

/** Who else makes agents for the requests of an agent pool. */
export interface Others {
  /** The owner that this daemon is. */
  readonly owner: string;
  readonly hosts: readonly OtherHost[];
  /** How often each reads what waits, in ms. */
  readonly intervalMs: number;
}

/** What this host has for a request, beside what other requests have claimed. */
export interface Here {
  /** An idle agent that could take it. */
  readonly idle: boolean;
  /** An agent that is idle or on its way. */
  readonly coming: boolean;
  /** Room for another agent. */
  readonly room: boolean;
}

/**
 * Shares the requests of an agent pool out among hosts that do not talk to each other, so that each is one's alone. All reckon
 * alike: what an idle or starting agent of a host can take is left to it; else the request's number says whose turn it
 * is. Who has no room is not known: a host that had the time to make an agent and has not is taken for full, and the next has its
 * turn; then two at once, then four.
 */
export class HostShares {
  readonly #others: Others;
  readonly #now: number;
  readonly #patienceMs: number;
  /** Agents of other hosts that no request is left to yet. */
  readonly #free: Map<string, FreeAgent[]>;
  readonly #full = new Set<string>();
  /** By what is demanded: the hosts that make agents for it. */
  readonly #able = new Map<string, readonly OtherHost[]>();

  constructor(others: Others, now: number) {
    this.#others = others;
    this.#now = now;
    // It reads what waits, makes an agent, and we read that.
    this.#patienceMs = MAKING_MS + 2 * others.intervalMs;
    this.#free = new Map(others.hosts.map(({ owner, free }) => [owner, [...free]]));
  }

  /** Agents of other hosts that are idle and could do what these demands ask for. */
  idle(demands: readonly string[]): readonly FreeAgent[] {
    return this.#others.hosts.flatMap(({ free }) =>
      free.filter(({ capabilities, online }) => online && unmetDemands(capabilities, demands).length === 0),
    );
  }

  /** Whose turn it is to have an agent for a request that somebody here could do. */
  turnFor(request: UnfinishedRequest, known: WaitingRequest | undefined, here: Here): Turn {
    const before = known?.turn;
    // What was claimed stays so while agents are here, or on their way, that nothing else has taken.
    if (before?.of === 'here' && here.coming) return before;
    const since = known?.since ?? this.#now;
    const taker = this.#taker(request, since, here.idle);
    if (taker !== undefined) this.#take(taker, request, since);
    if (taker === undefined) return this.#turnToMake(request, before, here);
    const of = taker === this.#others.owner ? 'here' : 'agent';
    return before?.of === of ? before : { of, since: this.#now, passed: 0 };
  }

  /** The hosts as they were, with those marked that have let a request pass. */
  get hosts(): readonly OtherHost[] {
    return this.#others.hosts.map(host =>
      this.#full.has(host.owner) && host.full === undefined
        ? { ...host, full: { since: this.#now, agents: host.most.agents } }
        : host,
    );
  }

  /** Whose turn it is to make an agent for a request for which there is none. */
  #turnToMake(request: UnfinishedRequest, before: Turn | undefined, here: Here): Turn {
    let { passed, since } = before === undefined || before.of === 'agent' ? { passed: 0, since: this.#now } : before;
    const theirs = this.#ranked(request).slice(0, atATime(passed));
    // One that makes agents one after the other comes to this one as well.
    if (this.#now - Math.max(since, this.#grewAt(theirs)) >= this.#patienceMs) {
      for (const owner of theirs) this.#full.add(owner);
      since = this.#now;
      passed += 1;
    }
    const rank = this.#ranked(request).indexOf(this.#others.owner);
    // Where no other host is there for it, what has no room here waits for it here.
    const isHere = (here.room && rank < atATime(passed)) || this.#ableTo(request).length === 0;
    return { of: isHere ? 'here' : 'host', since, passed };
  }

  /** When one of these hosts was last seen to have more agents than before. */
  #grewAt(owners: readonly string[]): number {
    const grown = this.#others.hosts.map(({ most, owner }) => (owners.includes(owner) ? (most.grewAt ?? 0) : 0));
    return Math.max(0, ...grown);
  }

  /** The hosts that could take a request and are not taken for full, this one included, in the order in which it comes to them. */
  #ranked(request: UnfinishedRequest): readonly string[] {
    const roomy = this.#ableTo(request).filter(({ full, owner }) => full === undefined && !this.#full.has(owner));
    return [this.#others.owner, ...roomy.map(({ owner }) => owner)].sort(
      (a, b) => weight(request, b) - weight(request, a),
    );
  }

  /** The other hosts that make agents which could do what is demanded, by what theirs have told; one that has told nothing may. */
  #ableTo({ demands }: UnfinishedRequest): readonly OtherHost[] {
    const key = demands.join('\n');
    const able =
      this.#able.get(key) ??
      this.#others.hosts.filter(
        ({ isThere, told }) =>
          isThere && (told.length === 0 || told.some(offered => unmetDemands(offered, demands).length === 0)),
      );
    this.#able.set(key, able);
    return able;
  }

  /** The host that has an agent for it: of several, whom its number says. */
  #taker(request: UnfinishedRequest, since: number, isIdleHere: boolean): string | undefined {
    let taker = isIdleHere ? this.#others.owner : undefined;
    for (const [owner, free] of this.#free) {
      if (taker !== undefined && weight(request, owner) < weight(request, taker)) continue;
      if (free.some(agent => this.#canTake(agent, request, since))) taker = owner;
    }
    return taker;
  }

  #take(owner: string, request: UnfinishedRequest, since: number): void {
    const free = this.#free.get(owner) ?? [];
    const index = free.findIndex(agent => this.#canTake(agent, request, since));
    free.splice(index, 1);
  }

  /**
   * What one on its way will offer is not known. It is counted on by what waits for a short time only, so that nothing waits for ever for
   * agents that come and can do something else.
   */
  #canTake(agent: FreeAgent, { demands }: UnfinishedRequest, since: number): boolean {
    if (agent.online) return unmetDemands(agent.capabilities, demands).length === 0;
    return isExpected(agent, this.#now) && this.#now - since < this.#patienceMs;
  }
}

/** How many hosts have a turn at once, after so many turns in which none made an agent. */
function atATime(passed: number): number {
  return 2 ** Math.max(0, passed - 1);
}

/** The same for all hosts, and different for each request: it spreads requests evenly, and few move when a host comes or goes. */
function weight({ requestId }: UnfinishedRequest, owner: string): number {
  let hash = Math.imul(requestId, 0x9e3779b1) ^ Number.parseInt(owner, 16);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
