import {
  type AzurePipelinesClient,
  ignoreNotFound,
  isAzurePipelinesError,
  type JobRequests,
  type ParallelJobs,
  type TaskAgent,
  type TaskAgentJobRequest,
} from 'azure-pipelines-client';
import { mergeCapabilities } from 'azure-pipelines-client/demands';
import { backoffMs } from '../lib/backoff.js';
import { childSignal } from '../lib/child-signal.js';
import type { Clock } from '../lib/clock.js';
import { Doorbell } from '../lib/doorbell.js';
import type { Onlookers } from '../lib/onlookers.js';
import type { JobRequest, Registration } from '../model/agent.js';
import { NOT_READ_YET, type Reading } from '../model/observed.js';
import type { UnfinishedRequest } from '../model/queue.js';
import { Pace } from './pace.js';
import { QueueReader } from './queue-reader.js';
import { usableAgentPool } from './usable-agent-pool.js';

const BACKOFF = { firstMs: 5_000, longestMs: 300_000 };
/** A refused token is tried again at this low rate; one that a person has put in its place is used within this time. */
const CREDENTIALS_RETRY_MS = 30_000;

export interface AzureObserverOptions {
  readonly client: Pick<AzurePipelinesClient, 'url'> & {
    readonly pools: Pick<AzurePipelinesClient['pools'], 'findByName'>;
    readonly agents: Pick<AzurePipelinesClient['agents'], 'get' | 'list'>;
  };
  /** Given where the queue is read too. */
  readonly jobRequests?: Pick<JobRequests, 'listUnfinished'> | undefined;
  /** Given where it is read while one of them is there, and else never. */
  readonly onlookers?: Pick<Onlookers, 'areThere'> | undefined;
  /** Asked now and then where something waits in a queue that is read. */
  readonly parallelJobs?: Pick<ParallelJobs, 'selfHosted'> | undefined;
  readonly agentPool: string;
  /** Time between two readings of one that reads alone; each other reader makes it longer. */
  readonly pollIntervalMs: number;
  /** How many agent pools of this organisation the daemon reads. Default 1. */
  readonly agentPools?: number;
  readonly clock: Clock;
  readonly random: () => number;
}

/**
 * One agent pool in Azure as the daemon sees it: one list at a polite rate, whatever the number of agents, and the more seldom
 * the more hosts have agents in it. Where a pool scales, or somebody looks, the queue is read right behind it; nothing that is
 * known of agents waits for that.
 */
export class AzureObserver {
  readonly #options: AzureObserverOptions;
  readonly #early: Doorbell;
  readonly #queue: QueueReader | undefined;
  readonly #pace: Pace;
  #poolId: number | undefined;
  /** The last that was known. */
  #agentPoolId: number | undefined;
  #failures = 0;
  #reading: Reading<readonly Registration[]>;
  /** One that had a job in the last list that came. */
  #busy: Registration | undefined;

  constructor(options: AzureObserverOptions) {
    this.#options = options;
    this.#early = new Doorbell(options.clock);
    this.#pace = new Pace(options.pollIntervalMs, options.agentPools ?? 1);
    const { clock, jobRequests, onlookers, parallelJobs, random } = options;
    this.#queue = jobRequests && new QueueReader({ jobRequests, onlookers, parallelJobs, clock, random });
    this.#reading = { known: false, error: NOT_READ_YET, since: options.clock.now() };
  }

  /** The latest reading. */
  get reading(): Reading<readonly Registration[]> {
    return this.#reading;
  }

  /** The latest reading of the queue, which began after one of the agents; undefined where it is not read. */
  get requests(): Reading<readonly UnfinishedRequest[]> | undefined {
    return this.#queue?.reading;
  }

  /** Whether the latest reading of the queue is as new as it gets. */
  get isQueueFresh(): boolean {
    return this.#queue?.isFresh(this.#pace.intervalMs) === true;
  }

  /** How many jobs of private projects the organisation may run at once; undefined where that is not known. */
  get parallelJobs(): number | undefined {
    return this.#queue?.parallelJobs;
  }

  /** The id of the agent pool that is read; undefined while nobody has looked it up. */
  get agentPoolId(): number | undefined {
    return this.#agentPoolId;
  }

  /** Who reads it, and how often. */
  get readers(): { readonly owners: ReadonlySet<string>; readonly intervalMs: number } {
    return this.#pace;
  }

  /** Asks for a reading soon, because something is to be known that no reading shows. */
  refresh(): void {
    this.#early.ring();
  }

  /** Somebody looks now: asks for a reading soon, unless that of the queue is new enough. */
  lookedAt(): void {
    if (this.#queue !== undefined && !this.isQueueFresh) this.refresh();
  }

  /** Goes on from what another observer of this agent pool has read, with the client of its own. */
  continueFrom(other: AzureObserver): void {
    this.#reading = other.#reading;
    this.#busy = other.#busy;
    this.#pace.continueFrom(other.#pace);
    if (other.#queue !== undefined) this.#queue?.continueFrom(other.#queue);
  }

  /** Reads until the signal aborts, and rings after every reading. */
  async follow(ring: () => void, signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    let queueRead: Promise<unknown> | undefined;
    while (!signal.aborted) {
      const startedAt = clock.now();
      this.#early.hush();
      const pauseMs = await this.#readAgents(signal);
      if (signal.aborted) break;
      ring();
      queueRead ??= this.#readQueue(signal)
        ?.then(() => signal.aborted || ring())
        .finally(() => {
          queueRead = undefined;
        });
      await this.#pause(startedAt, pauseMs, signal);
    }
    await queueRead;
  }

  /** The id of the agent pool. @throws UserError when it cannot be used; AzurePipelinesError as the call does. */
  async poolId(signal: AbortSignal): Promise<number> {
    this.#poolId ??= await usableAgentPool(this.#options.client, this.#options.agentPool, signal);
    this.#agentPoolId = this.#poolId;
    return this.#poolId;
  }

  /** Reads once, the queue too where it is read; the results are in `reading` and `requests`. */
  async read(signal: AbortSignal): Promise<void> {
    await this.#readAgents(signal);
    await this.#readQueue(signal);
  }

  /** Reads the queue, once it is known whose it is; undefined where it is not read now. It does not reject. */
  #readQueue(signal: AbortSignal): Promise<void> | undefined {
    if (this.#queue?.isWanted === false) this.#queue.forget();
    if (!this.#queue?.isWanted || !this.#reading.known || this.#poolId === undefined) return undefined;
    return this.#queue.read(this.#poolId, signal);
  }

  /** Gives back the pause until the next reading is due, in ms. */
  async #readAgents(signal: AbortSignal): Promise<number> {
    const { client, clock, random } = this.#options;
    const at = clock.now();
    try {
      const poolId = await this.poolId(signal);
      const told = this.#queue?.isWanted && { includeCapabilities: true };
      const details = { includeAssignedRequest: true, includeLastCompletedRequest: true, ...told };
      const agents = await client.agents.list(poolId, { ...details, signal });
      const value = agents.map(registrationOf);
      if (value.length === 0) await this.#confirmEmpty(poolId, signal);
      this.#reading = { known: true, value, at };
      this.#busy = value.find(({ assigned }) => assigned !== undefined);
      this.#pace.saw(value, at);
      this.#failures = 0;
      return this.#pace.pauseMs(random);
    } catch (error) {
      if (signal.aborted) return 0;
      this.#failures += 1;
      const since = this.#reading.known ? at : this.#reading.since;
      this.#reading = { known: false, error: error instanceof Error ? error.message : String(error), since };
      const known = isAzurePipelinesError(error) ? error : undefined;
      const { intervalMs } = this.#pace;
      if (known?.kind === 'not-found') this.#poolId = undefined;
      if (known?.kind === 'credentials') return Math.max(intervalMs, CREDENTIALS_RETRY_MS);
      return Math.max(intervalMs, known?.retryAfterMs ?? 0, backoffMs(this.#failures, random(), BACKOFF));
    }
  }

  /**
   * An empty list from a pool that had a job a moment ago is more likely a token that may not see it any more: Azure
   * deletes no agent that has a job. It is believed once pool and agent, asked for each by itself, say the same.
   */
  async #confirmEmpty(poolId: number, signal: AbortSignal): Promise<void> {
    if (this.#busy === undefined) return;
    const { agentPool, client } = this.#options;
    await usableAgentPool(client, agentPool, signal);
    const { agentId, name } = this.#busy;
    const agent = await ignoreNotFound(client.agents.get(poolId, agentId, { signal }));
    if (agent !== undefined)
      throw new Error(`the list of agents came empty, though ${name} is there and had a job; it is not believed`);
  }

  /** Sleeps until the next reading is due, or shortly after someone asked for an early one. */
  async #pause(startedAt: number, pauseMs: number, signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    {
      using pause = childSignal(signal);
      const due = clock.sleep(Math.min(startedAt + pauseMs - clock.now(), pauseMs), pause.signal).catch(() => {});
      await Promise.race(this.#reading.known ? [due, this.#early.wait(pause.signal)] : [due]);
    }
    const spacingMs = this.#pace.earlyMs;
    await clock.sleep(Math.min(startedAt + spacingMs - clock.now(), spacingMs), signal).catch(() => {});
  }
}

function registrationOf(agent: TaskAgent): Registration {
  return {
    agentId: agent.id,
    name: agent.name,
    online: agent.status === 'online',
    enabled: agent.enabled !== false,
    assigned: agent.assignedRequest && jobRequestOf(agent.assignedRequest),
    completed: agent.lastCompletedRequest && jobRequestOf(agent.lastCompletedRequest),
    ...(agent.maxParallelism === undefined ? {} : { maxParallelism: agent.maxParallelism }),
    changedAt: Math.max(...[agent.createdOn, agent.statusChangedOn].map(time => Date.parse(time ?? '') || 0)),
    ...(agent.systemCapabilities && {
      capabilities: mergeCapabilities(agent.systemCapabilities, agent.userCapabilities ?? {}),
    }),
  };
}

function jobRequestOf({ jobName, queueTime, receiveTime, requestId, result }: TaskAgentJobRequest): JobRequest {
  const waitedMs = Date.parse(receiveTime ?? '') - Date.parse(queueTime ?? '');
  return {
    requestId,
    received: receiveTime !== undefined,
    jobName: jobName ?? '',
    waitedMs: Number.isNaN(waitedMs) ? undefined : waitedMs,
    result,
  };
}
