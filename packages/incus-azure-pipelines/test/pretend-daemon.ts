import { join } from 'node:path';
import { Registry } from 'prom-client';
import { systemClock } from '../src/lib/clock.js';
import { Events } from '../src/lib/events.js';
import { Onlookers } from '../src/lib/onlookers.js';
import { type Served, serveOnPort } from '../src/lib/serve.js';
import type { Action } from '../src/model/action.js';
import type { Agent, AgentPhase, JobRequest } from '../src/model/agent.js';
import type { DaemonEvents } from '../src/model/event.js';
import type { Observed } from '../src/model/observed.js';
import { plan } from '../src/plan/plan.js';
import type { Death } from '../src/report/death.js';
import { keepDeaths } from '../src/report/deaths.js';
import { publicRoutes } from '../src/report/http.js';
import { followForPage } from '../src/report/live-page.js';
import { statusOf } from '../src/report/status.js';
import type { StatusDocument } from '../src/report/status-document.js';
import {
  aBase,
  aLife,
  anAgent,
  anInstance,
  anObserved,
  aPool,
  aRegistration,
  JOB,
  known,
} from './simulation/examples.js';

const BASE = aBase('base-1', { createdAt: Date.now() - 90_000_000, provenFor: ['linux'] });
const PAGE = join(import.meta.dirname, '../bundle/page');

/** The daemon's own routes on a port of loopback, with agents that a test moves. */
export class PretendDaemon implements AsyncDisposable {
  readonly events = new Events<DaemonEvents>(error => {
    throw error;
  });
  /** Records are written once it is there. */
  disk: Promise<void> = Promise.resolve();
  readonly #agents = new Map<number, Agent>();
  readonly #deaths = new Map<string, Death>();
  readonly #pools;
  #status: StatusDocument | undefined;
  #served: Served | undefined;

  private constructor(agentCount: number, reserve: number) {
    this.#pools = [aPool({ agentCount, reserve })];
  }

  /** Starts one whose pool wants so many agents. It has not looked yet. */
  static async start(agentCount: number, reserve = 0, port = 0, page = PAGE): Promise<PretendDaemon> {
    const daemon = new PretendDaemon(agentCount, reserve);
    const status = () => daemon.#status;
    const onFailure = (error: unknown) => {
      throw error;
    };
    const folder = {
      names: async () => [...daemon.#deaths.keys()],
      read: async (name: string) => daemon.#deaths.get(name),
      write: async (name: string, death: Death) => {
        await daemon.disk;
        daemon.#deaths.set(name, death);
      },
    };
    const options = { clock: systemClock, lookEveryMs: 15_000, onFailure };
    const { feed, deaths } = await followForPage(daemon.events, status, folder, options);
    keepDeaths(daemon.events, deaths, { restarted: false });
    const view = { healthy: () => true, metrics: new Registry() };
    const death = async (name: string) => daemon.#deaths.get(name);
    const onlookers = new Onlookers(systemClock, () => {});
    const routes = publicRoutes(view, { feed, onlookers, death, folder: page, host: '127.0.0.1' });
    daemon.#served = await serveOnPort(routes.fetch, '127.0.0.1', port);
    return daemon;
  }

  get port(): number {
    return this.#served?.port ?? 0;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/`;
  }

  /** The n-th agent is seen in a phase. */
  enters(n: number, phase: AgentPhase, at: number, job: Partial<JobRequest> = {}): void {
    const before = this.#agents.get(n);
    const { name } = anAgent(n, phase);
    const assigned = { ...JOB, ...job };
    const agent = anAgent(n, phase, {
      since: at,
      ...(phase === 'orphan' ? {} : { instance: anInstance({ name, createdAt: before?.instance?.createdAt ?? at }) }),
      ...(phase === 'orphan' ? { life: aLife({ requestId: assigned.requestId }) } : {}),
      ...(phase === 'busy' ? { registration: known(aRegistration({ name, assigned })) } : {}),
    });
    this.#agents.set(n, agent);
    this.events.emit('phase-changed', { agent, from: before?.phase, at });
  }

  /** The job of the n-th agent is over, and so is its life. */
  ends(
    n: number,
    at: number,
    result = 'succeeded',
    job: Partial<JobRequest> = {},
    lastLines = 'Job completed.\n',
  ): void {
    const agent = this.#agents.get(n);
    if (agent === undefined) throw new Error(`there is no agent ${n}`);
    const about = { memoryKills: 0, killsSeenByHost: true, wants: [], registrationError: undefined };
    this.events.emit('log-collected', { name: agent.name, pool: agent.pool, text: lastLines, ...about });
    this.events.emit('job-ended', { agent, job: { ...JOB, ...job, result } });
    this.enters(n, 'orphan', at, job);
    this.leaves(n, at);
  }

  /** Nothing is left of the n-th agent. */
  leaves(n: number, at: number): void {
    const agent = this.#agents.get(n);
    this.#agents.delete(n);
    if (agent !== undefined) this.events.emit('agent-gone', { agent, at });
  }

  /** A reading of these agents alone, in this order. */
  seenInTurn(agents: readonly number[], at: number): Observed['agents'] {
    const seen = agents.flatMap(n => this.#agents.get(n) ?? []);
    return known(seen, at);
  }

  /** The loop has looked. */
  looked(at: number, given: Partial<Observed> = {}, beside: Partial<StatusDocument> = {}): void {
    const observed = anObserved([...this.#agents.values()], { bases: known([BASE]), ...given });
    const decided = plan(this.#pools, observed, at, { maxConcurrentCreates: 4 });
    this.#status = { ...statusOf(this.#pools, { at, observed, plan: decided }, () => known([], at)), ...beside };
    this.events.emit('pass-ended', { at });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#served?.[Symbol.asyncDispose]();
  }
}

/** A failure as the ledger keeps it. */
export function failing(kind: Action['kind'], target: string, error: string, retryAt: number): Partial<Observed> {
  return { failures: new Map([[`${kind}/${target}`, { count: 3, retryAt, error }]]) };
}
