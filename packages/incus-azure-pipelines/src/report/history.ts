import type { Events } from '../lib/events.js';
import { type Agent, type AgentPhase, isLive } from '../model/agent.js';
import type { DaemonEvents } from '../model/event.js';
import type { Death } from './death.js';
import { Journal } from './journal.js';
import { lifeOf, lived, titleOf } from './life.js';
import type { AgentLife, LoadFigure, PageDocument, Replacement } from './page-document.js';
import { printableLine } from './printable.js';
import { Replacements } from './replacements.js';
import type { StatusDocument } from './status-document.js';

/** So long figures and lives that ended are kept. */
export const HOUR_MS = 3_600_000;
/** One figure of the load for so long. */
const FIGURE_MS = 10_000;
/** Lives that ended: of a large and busy pool, less than an hour is kept. */
const MOST_ENDED = 4_000;
/** So many ends are kept, however long ago they were. */
export const LEAST_ENDED = 50;
const MOST_REPLACEMENTS = 3_000;

type Changes = Pick<PageDocument, 'lives' | 'load' | 'replacements' | 'forgotten'>;

/** The last hour, from events, in memory of a bounded size: it asks nothing of Incus or Azure. */
export class History {
  readonly #lives = new Journal<string, AgentLife>();
  readonly #load = new Journal<number, LoadFigure>();
  readonly #replacements = new Journal<number, Replacement>();
  /** By pool. */
  readonly #accounts = new Map<string, Replacements>();
  #number = 0;
  /** When something was forgotten last. */
  #at = 0;
  #livesBefore = 0;

  constructor(events: Events<DaemonEvents>, status: () => StatusDocument | undefined) {
    events.on('phase-changed', ({ agent, from, at }) => {
      const life = this.#lives.get(agent.name);
      // Only a registration is left of it: whatever there is to tell, its death tells.
      if (life === undefined && agent.phase === 'orphan') return;
      if (life?.endedAt === undefined) this.#note(lived(life, agent, at));
      this.#filled(agent, from, at);
    });
    events.on('job-taken', ({ agent, job }) => {
      const life = this.#lives.get(agent.name);
      if (life !== undefined) this.#note({ ...life, job: life.job ?? titleOf(job.jobName), requestId: job.requestId });
    });
    events.on('agent-gone', ({ agent, at }) => {
      const life = this.#lives.get(agent.name);
      if (life !== undefined && life.endedAt === undefined) this.#note({ ...life, endedAt: at });
    });
    events.on('pass-ended', ({ at }) => {
      const document = status();
      if (document !== undefined) this.#looked(document, at);
      if (at - this.#at >= FIGURE_MS) this.#forget(at);
    });
  }

  /** Grows with each change. */
  get number(): number {
    return this.#number;
  }

  /** An agent ended, now or under a daemon before this one. */
  died(death: Death): void {
    this.#note(lifeOf(death));
  }

  /** What has changed since the history had that number; all of it since 0. */
  after(number: number): Changes {
    return {
      lives: this.#lives.after(number),
      load: this.#load.after(number),
      replacements: this.#replacements.after(number),
      forgotten: { livesBefore: this.#livesBefore, figuresBefore: this.#at - HOUR_MS },
    };
  }

  #note(life: AgentLife): void {
    this.#number += 1;
    this.#lives.set(life.name, life, this.#number);
  }

  #filled(agent: Agent, from: AgentPhase | undefined, at: number): void {
    const ms = this.#accountOf(agent.pool).seen(agent, from, at);
    if (ms === undefined) return;
    this.#number += 1;
    this.#replacements.set(this.#number, { at, pool: printableLine(agent.pool), ms }, this.#number);
  }

  #looked(document: StatusDocument, at: number): void {
    const agents = [...document.pools, ...document.removed].flatMap(pool => pool.agents);
    this.#number += 1;
    const figure = {
      at: Math.floor(at / FIGURE_MS) * FIGURE_MS,
      target: document.pools.reduce((sum, pool) => sum + pool.target, 0),
      live: agents.filter(({ phase }) => isLive(phase)).length,
      busy: agents.filter(({ phase }) => phase === 'busy').length,
    };
    this.#load.set(figure.at, figure, this.#number);
    for (const pool of document.pools) this.#accountOf(pool.name).looked(document, pool);
  }

  /** Oldest first: what is older than an hour goes, and what is too much. */
  #forget(at: number): void {
    this.#at = at;
    this.#load.forget(figure => figure.at < at - HOUR_MS);
    const tooMany = this.#replacements.size - MOST_REPLACEMENTS;
    let index = 0;
    this.#replacements.forget(replacement => index++ < tooMany || replacement.at < at - HOUR_MS);
    const ends = this.#lives.after(0).flatMap(life => life.endedAt ?? []);
    ends.sort((a, b) => b - a);
    const least = ends[LEAST_ENDED - 1] ?? 0;
    const most = ends[MOST_ENDED - 1] ?? 0;
    this.#livesBefore = Math.max(Math.min(least, at - HOUR_MS), most);
    this.#lives.forget(life => life.endedAt !== undefined && life.endedAt < this.#livesBefore);
  }

  #accountOf(pool: string): Replacements {
    const account = this.#accounts.get(pool) ?? new Replacements();
    this.#accounts.set(pool, account);
    return account;
  }
}
