import type { Emulator, JobRecord } from 'azure-pipelines-emulator';

/** What is queued. */
export interface JobFeed {
  /** How many jobs there are to be that have no end; asked anew with each end of one. */
  readonly unfinished: () => number;
  /** How long the next one takes. */
  readonly seconds: () => number;
}

/** Keeps jobs in the queue until it is stopped. Each says `begun` and `ended`, and its number is in its name. */
export class JobFeeder implements Disposable {
  readonly #emulator: Emulator;
  readonly #feed: JobFeed;
  readonly #jobs: Promise<JobRecord>[] = [];
  readonly #off: () => void;
  #unfinished = 0;
  #wanted: number;
  #isStopped = false;

  constructor(emulator: Emulator, feed: JobFeed) {
    this.#emulator = emulator;
    this.#feed = feed;
    this.#wanted = feed.unfinished();
    this.#off = emulator.on(({ kind }) => {
      if (kind === 'job-finished') this.#wanted = feed.unfinished();
      if (kind === 'job-finished' || kind === 'agent-online') setImmediate(() => this.#fill());
    });
    this.#fill();
  }

  /** How many have no end yet. */
  get unfinished(): number {
    return this.#unfinished;
  }

  /** Queues no more, and resolves when the last one has ended. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all(this.#jobs);
  }

  [Symbol.dispose](): void {
    this.#isStopped = true;
    this.#off();
  }

  #fill(): void {
    // Azure fails a job at once for which nobody is registered.
    while (
      !this.#isStopped &&
      this.#unfinished < this.#wanted &&
      this.#emulator.agents().some(({ enabled }) => enabled)
    ) {
      const script = `echo begun\nsleep ${this.#feed.seconds()}\necho ended`;
      const { finished } = this.#emulator.queueJob({ name: `job ${this.#jobs.length + 1}`, steps: [{ script }] });
      this.#unfinished += 1;
      const ended = finished.finally(() => {
        this.#unfinished -= 1;
      });
      ended.catch(() => undefined);
      this.#jobs.push(ended);
    }
  }
}
