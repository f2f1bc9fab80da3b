import {
  isAzurePipelinesError,
  type JobRequests,
  type ParallelJobs,
  type TaskAgentJobRequest,
} from 'azure-pipelines-client';
import { backoffMs } from '../lib/backoff.js';
import type { Clock } from '../lib/clock.js';
import type { Onlookers } from '../lib/onlookers.js';
import { NOT_READ_YET, type Reading } from '../model/observed.js';
import type { UnfinishedRequest } from '../model/queue.js';

/** How often it is asked how many jobs may run at once, while something waits: more are not bought every hour. */
const PARALLEL_JOBS_MS = 15 * 60_000;
/** What was read of the queue is told after it. */
const PARALLEL_JOBS_DEADLINE_MS = 3_000;
const BACKOFF = { firstMs: 5_000, longestMs: 300_000 };

export interface QueueReaderOptions {
  readonly jobRequests: Pick<JobRequests, 'listUnfinished'>;
  /** Given where it is read for them alone, and forgotten when they are gone. */
  readonly onlookers?: Pick<Onlookers, 'areThere'> | undefined;
  readonly parallelJobs: Pick<ParallelJobs, 'selfHosted'> | undefined;
  readonly clock: Clock;
  readonly random: () => number;
}

/** The queue of one agent pool, all that is not over in one call. Its failures back off by themselves: agents are read all the same. */
export class QueueReader {
  readonly #options: QueueReaderOptions;
  #reading: Reading<readonly UnfinishedRequest[]>;
  #failures = 0;
  #retryAt = 0;
  #triedAt = Number.NEGATIVE_INFINITY;
  /** For onlookers: whether it was tried since the first of them came. */
  #isShown: boolean;
  #parallelJobs: number | undefined;
  #parallelJobsAskedAt = Number.NEGATIVE_INFINITY;

  constructor(options: QueueReaderOptions) {
    this.#options = options;
    this.#reading = { known: false, error: NOT_READ_YET, since: options.clock.now() };
    this.#isShown = options.onlookers === undefined;
  }

  /** The latest reading, unknown from a failure on until one comes to good; undefined where nobody looks. */
  get reading(): Reading<readonly UnfinishedRequest[]> | undefined {
    return this.#isShown ? this.#reading : undefined;
  }

  /** Whether it is to be read: for the pools that follow it, or because somebody looks. */
  get isWanted(): boolean {
    return this.#options.onlookers?.areThere !== false;
  }

  /** Whether somebody who comes now sees it as new as it gets where it is read so often. */
  isFresh(intervalMs: number): boolean {
    const { clock, onlookers } = this.#options;
    return onlookers === undefined || (this.#isShown && clock.now() - this.#triedAt < intervalMs);
  }

  /** How many jobs of private projects the organisation may run at once, as far as the server has told. */
  get parallelJobs(): number | undefined {
    return this.#parallelJobs;
  }

  /** Goes on from what another reader of this queue has read. What another token may not read, this one is asked about anew. */
  continueFrom(other: QueueReader): void {
    if (other.#parallelJobs !== undefined) {
      this.#parallelJobs = other.#parallelJobs;
      this.#parallelJobsAskedAt = other.#parallelJobsAskedAt;
    }
    if (!other.#isShown) return;
    this.#reading = other.#reading;
    this.#triedAt = other.#triedAt;
    this.#isShown = true;
  }

  /** Forgets what was read for onlookers: what nobody reads on is not how it is. */
  forget(): void {
    this.#isShown = false;
  }

  /** Reads once, unless a failure is too recent; the result is in `reading`. */
  async read(poolId: number, signal: AbortSignal): Promise<void> {
    const { clock, jobRequests, random } = this.#options;
    const at = clock.now();
    this.#triedAt = at;
    if (at < this.#retryAt) {
      this.#isShown = true;
      return;
    }
    try {
      const requests = await jobRequests.listUnfinished(poolId, { signal });
      this.#reading = { known: true, value: requests.map(unfinished), at };
      this.#failures = 0;
      if (this.#reading.value.some(({ received }) => !received)) await this.#readParallelJobs(signal);
    } catch (error) {
      if (signal.aborted) return;
      this.#failures += 1;
      const since = this.#reading.known ? at : this.#reading.since;
      this.#reading = { known: false, error: error instanceof Error ? error.message : String(error), since };
      const asked = isAzurePipelinesError(error) ? error.retryAfterMs : undefined;
      this.#retryAt = at + Math.max(asked ?? 0, backoffMs(this.#failures, random(), BACKOFF));
    }
    this.#isShown = true;
  }

  /** A server that does not tell it, or not this token, is asked again as seldom; what was known stays. */
  async #readParallelJobs(signal: AbortSignal): Promise<void> {
    const { clock, parallelJobs } = this.#options;
    const now = clock.now();
    if (parallelJobs === undefined || now - this.#parallelJobsAskedAt < PARALLEL_JOBS_MS) return;
    this.#parallelJobsAskedAt = now;
    const told = await parallelJobs
      .selfHosted({ signal, deadlineMs: PARALLEL_JOBS_DEADLINE_MS })
      .catch(() => undefined);
    if (told !== undefined) this.#parallelJobs = told.resourceLimit?.totalCount;
  }
}

function unfinished({
  data,
  demands,
  jobName,
  queueTime,
  receiveTime,
  requestId,
}: TaskAgentJobRequest): UnfinishedRequest {
  const queuedAt = Date.parse(queueTime ?? '');
  return {
    requestId,
    jobName: jobName ?? '',
    demands: demands ?? [],
    received: receiveTime !== undefined,
    isPrivate: data?.ParallelismTag?.toLowerCase() === 'private',
    queuedAt: Number.isNaN(queuedAt) ? undefined : queuedAt,
  };
}
