import { type Plan, PREPARATION, REGISTRATION, TRIAL } from '../model/action.js';
import type { Agent } from '../model/agent.js';
import type { Sightings } from '../observe/join.js';
import { type Doubt, Doubts } from './doubts.js';
import type { Ledger } from './ledger.js';
import { type OwnDeeds, type Sights, vainEnds } from './vain-ends.js';

/** What somebody complains of, before it is known whether Azure shows the agent at work. */
interface Complaint extends Omit<Doubt, 'agentPool' | 'isBlamed'> {
  /** By `azureKey`; undefined where there is nothing to ask Azure. */
  readonly agentPool: string | undefined;
}

/**
 * Draws conclusions from how instances end: what was used up in vain makes its pool, or the next trial of its base, wait.
 * Of one that may have been an agent Azure is asked first.
 */
export class Setbacks {
  readonly #ledger: Ledger;
  readonly #random: () => number;
  readonly #vainEnds: typeof vainEnds;
  readonly #doubts = new Doubts();

  constructor(ledger: Ledger, random: () => number, howToSee = vainEnds) {
    this.#ledger = ledger;
    this.#random = random;
    this.#vainEnds = howToSee;
  }

  /** Takes to heart what has ended in vain, or come to something, between two pictures. */
  see(sights: Sights, plan: Plan | undefined, at: number): void {
    this.#seeSuccess(sights, plan);
    const deeds: OwnDeeds = { whyEnded: name => this.#ledger.whyEnded(name), activating: this.#ledger.activating };
    for (const { agent, tried, wasActivated, error } of this.#vainEnds(sights, plan, deeds)) {
      const { agentPool, name, pool } = agent;
      if (wasActivated || tried !== undefined)
        this.doubt({
          name,
          pool,
          tried,
          agentPool: wasActivated ? agentPool : undefined,
          since: at,
          error,
          isTold: false,
        });
      else this.#ledger.endedInVain(PREPARATION, pool, at, error, this.#random());
    }
  }

  /** Notes what the guest of an agent has come to, in its pool. */
  registered(pool: string): void {
    this.#ledger.registered(pool);
  }

  /**
   * A base is not tried again while it is in doubt, nor does a pool go on that has been blamed before; else it goes on until
   * it is. Where nobody reads the agent pool, Azure will never say more.
   */
  doubt({ agentPool, ...doubt }: Complaint): void {
    const isBlamed = doubt.tried !== undefined || this.#ledger.failures.has(`${REGISTRATION}/${doubt.pool}`);
    if (agentPool === undefined || isBlamed) this.#blame(doubt, doubt.since);
    if (agentPool !== undefined) this.#doubts.add({ ...doubt, agentPool, isBlamed });
  }

  /** Takes in readings of Azure: they say whether who is in doubt was at work. */
  settle(registrations: Sightings['registrations'], at: number): void {
    for (const { doubt, wasAtWork } of this.#doubts.settle(registrations))
      if (!wasAtWork && !doubt.isBlamed) this.#blame(doubt, at);
      else if (wasAtWork && doubt.tried !== undefined) this.#ledger.forgive(`${TRIAL}/${doubt.tried}`);
      else if (wasAtWork) this.#ledger.registered(doubt.pool);
  }

  /** The agent pools to be read soon for those that came into doubt since this was last asked, by `azureKey`. */
  takeAsked(): readonly string[] {
    return this.#doubts.takeAdded();
  }

  #blame({ error, isTold, pool, tried }: Omit<Complaint, 'agentPool'>, at: number): void {
    const random = this.#random();
    if (tried !== undefined) this.#ledger.trialFailed(tried, at, error, random);
    else if (isTold) this.#ledger.gaveUp(pool, at, error, random);
    else this.#ledger.endedInVain(REGISTRATION, pool, at, error, random);
  }

  #seeSuccess({ before, after }: Sights, plan: Plan | undefined): void {
    const earlier = new Map(before.map(agent => [agent.name, agent]));
    for (const agent of after) {
      const old = earlier.get(agent.name);
      // One that was not in the picture before may be long over, and be back in a list that did not show it for a while.
      if (agent.life.seenOnline && old?.life.seenOnline === false) this.#ledger.registered(agent.pool);
      // That the base that is tried can be prepared says nothing of the others; nor does one that goes for its user ids.
      const saysNothing = isOfTried(agent, plan) || sharesIds(agent, after);
      if (agent.phase === 'prepared' && old?.phase !== 'prepared' && !saysNothing) this.#ledger.prepared(agent.pool);
    }
  }
}

function isOfTried({ instance, pool }: Agent, plan: Plan | undefined): boolean {
  return instance !== undefined && instance.base === plan?.pools.get(pool)?.tries;
}

function sharesIds({ instance, name }: Agent, agents: readonly Agent[]): boolean {
  const ids = instance?.idsFrom;
  return ids !== undefined && agents.some(other => other.name !== name && other.instance?.idsFrom === ids);
}
