import { isAzurePipelinesError, type JobRequests, type TaskAgentJobRequest } from 'azure-pipelines-client';
import { backoffMs } from '../lib/backoff.js';
import type { Clock } from '../lib/clock.js';
import { NOT_READ_YET, type Reading } from '../model/observed.js';
import type { UnfinishedRequest } from '../model/queue.js';

const BACKOFF = { firstMs: 5_000, longestMs: 300_000 };

export interface QueueReaderOptions {
  readonly jobRequests: Pick<JobRequests, 'listUnfinished'>;
  readonly clock: Clock;
  readonly random: () => number;
}

/** The queue of one agent pool, all that is not over in one call. Its failures back off by themselves: agents are read all the same. */
export class QueueReader {
  readonly #options: QueueReaderOptions;
  #reading: Reading<readonly UnfinishedRequest[]>;
  #failures = 0;
  #retryAt = 0;

  constructor(options: QueueReaderOptions) {
    this.#options = options;
    this.#reading = { known: false, error: NOT_READ_YET, since: options.clock.now() };
  }

  /** The latest reading; unknown from a failure on until one comes to good. */
  get reading(): Reading<readonly UnfinishedRequest[]> {
    return this.#reading;
  }

  /** Goes on from what another reader of this queue has read. */
  continueFrom({ reading }: QueueReader): void {
    this.#reading = reading;
  }

  /** Reads once, unless a failure is too recent; the result is in `reading`. */
  async read(poolId: number, signal: AbortSignal): Promise<void> {
    const { clock, jobRequests, random } = this.#options;
    const at = clock.now();
    if (at < this.#retryAt) return;
    try {
      const requests = await jobRequests.listUnfinished(poolId, { signal });
      this.#reading = { known: true, value: requests.map(unfinished), at };
      this.#failures = 0;
    } catch (error) {
      if (signal.aborted) return;
      this.#failures += 1;
      const since = this.#reading.known ? at : this.#reading.since;
      this.#reading = { known: false, error: error instanceof Error ? error.message : String(error), since };
      const asked = isAzurePipelinesError(error) ? error.retryAfterMs : undefined;
      this.#retryAt = at + Math.max(asked ?? 0, backoffMs(this.#failures, random(), BACKOFF));
    }
  }
}

function unfinished({ demands, jobName, queueTime, receiveTime, requestId }: TaskAgentJobRequest): UnfinishedRequest {
  const queuedAt = Date.parse(queueTime ?? '');
  return {
    requestId,
    jobName: jobName ?? '',
    demands: demands ?? [],
    received: receiveTime !== undefined,
    queuedAt: Number.isNaN(queuedAt) ? undefined : queuedAt,
  };
}
