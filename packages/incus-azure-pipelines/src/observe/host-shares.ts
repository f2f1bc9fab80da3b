import { unmetDemands } from 'azure-pipelines-client/demands';
import type { Left, UnfinishedRequest, WaitingRequest } from '../model/queue.js';
import { type FreeAgent, isExpected, type OtherHost } from './other-hosts.js';

/** What an agent takes from the decision to make it until it is registered. */
const MAKING_MS = 15_000;

/** Who else makes agents for the requests of an agent pool. */
export interface Others {
  /** The owner that this daemon is. */
  readonly owner: string;
  readonly hosts: readonly OtherHost[];
  /** How often each reads what waits, in ms. */
  readonly intervalMs: number;
}

/**
 * Shares the requests of an agent pool out among hosts that do not talk to each other, so that each is one's alone. All reckon
 * alike: what an idle or starting agent of a host can take is left to it; else the request's number says whose it is. Who has
 * no room is not known: what still waits when a host has had the time to make an agent is for two hosts more, then four.
 */
export class HostShares {
  readonly #others: Others;
  readonly #now: number;
  readonly #patienceMs: number;
  /** Agents of other hosts that no request is left to yet. */
  readonly #free: Map<string, FreeAgent[]>;
  readonly #full = new Set<string>();

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

  /**
   * How a request is left to others; undefined for one that is ours, and stays so. `here`: whether an idle agent of ours could take it, or
   * there is room for another, or neither.
   */
  left(
    request: UnfinishedRequest,
    known: WaitingRequest | undefined,
    here: 'idle' | 'room' | 'none',
  ): Left | undefined {
    const { hosts, owner } = this.#others;
    const isOurs = known?.left === undefined && known?.pool !== undefined && !known.held;
    if (hosts.length === 0 || (isOurs && here !== 'none')) return undefined;
    const since = known?.since ?? this.#now;
    const taker = this.#taker(request, since, here === 'idle');
    if (taker === owner) return undefined;
    if (taker !== undefined) {
      this.#take(taker, request, since);
      return this.#leave('agent', known);
    }
    const left = this.#leave('host', known);
    const steps = Math.floor((this.#now - left.since) / this.#patienceMs);
    const candidates = hosts.filter(host => host.full === undefined).map(host => host.owner);
    const ranked = [owner, ...candidates].sort((a, b) => weight(request, b) - weight(request, a));
    if (steps > 0) for (const passed of ranked.slice(0, 2 ** (steps - 1))) this.#full.add(passed);
    return here !== 'none' && ranked.indexOf(owner) < 2 ** steps ? undefined : left;
  }

  /** The hosts as they were, with those marked that have let a request pass. */
  get hosts(): readonly OtherHost[] {
    return this.#others.hosts.map(host =>
      this.#full.has(host.owner) && host.full === undefined
        ? { ...host, full: { since: this.#now, agents: host.agents } }
        : host,
    );
  }

  #leave(to: Left['to'], known: WaitingRequest | undefined): Left {
    return known?.left?.to === to ? known.left : { to, since: this.#now };
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

/** The same for all hosts, and different for each request: it spreads requests evenly, and few move when a host comes or goes. */
function weight({ requestId }: UnfinishedRequest, owner: string): number {
  let hash = Math.imul(requestId, 0x9e3779b1) ^ Number.parseInt(owner, 16);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
