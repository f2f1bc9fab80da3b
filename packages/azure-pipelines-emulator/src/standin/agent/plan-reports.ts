/** What a worker tells the service about its job: records, console lines, logs, the end. In order, without holding up the steps. */

import type { Connection } from './connection.js';
import type { Diagnose } from './diagnostics.js';
import { messageOf } from './exit-error.js';
import type { JobMessage } from './job-message.js';
import { numberIn, objectFrom } from './json.js';
import type { TaskResult } from './task-result.js';

/** A timeline record as far as this agent fills it in; the service merges by id. */
export interface RecordChange {
  readonly id: string;
  readonly parentId?: string;
  readonly type?: 'Job' | 'Task';
  readonly name?: string;
  readonly refName?: string;
  readonly order?: number;
  readonly state?: 'pending' | 'inProgress' | 'completed';
  readonly result?: TaskResult;
  readonly startTime?: string;
  readonly finishTime?: string;
  readonly percentComplete?: number;
  readonly workerName?: string;
  readonly errorCount?: number;
  readonly issues?: readonly { readonly type: 'error'; readonly message: string }[];
  readonly log?: { readonly id: number };
  readonly task?: { readonly id: string; readonly name: string; readonly version: string };
}

const uploadRetries = 3;
const completionRetries = 5;
const longestBatch = 500;
const longestLine = 1024;

interface Console {
  readonly waiting: string[];
  nextLine: number;
  isQueued: boolean;
}

export class PlanReports {
  readonly #connection: Connection;
  readonly #message: JobMessage;
  readonly #diagnose: Diagnose;
  readonly #route: Readonly<Record<string, string>>;
  readonly #consoles = new Map<string, Console>();
  readonly #signal = new AbortController().signal;
  #last: Promise<void> = Promise.resolve();

  constructor(connection: Connection, message: JobMessage, diagnose: Diagnose) {
    this.#connection = connection;
    this.#message = message;
    this.#diagnose = diagnose;
    const { plan } = message;
    this.#route = { scopeIdentifier: plan.scopeIdentifier, hubName: plan.hubName, planId: plan.id };
  }

  /** Queues changes of timeline records. */
  change(records: readonly RecordChange[]): void {
    this.#queue('records', () => this.#patchRecords(records));
  }

  /** Queues a line of a record's live console; lines that wait travel together. */
  line(recordId: string, line: string): void {
    const console = this.#consoles.get(recordId) ?? { waiting: [], nextLine: 1, isQueued: false };
    this.#consoles.set(recordId, console);
    console.waiting.push(line.slice(0, longestLine));
    if (console.isQueued) return;
    console.isQueued = true;
    this.#queue('console lines', () => this.#postLines(recordId, console));
  }

  /** Queues the upload of a record's log and its link on the record. */
  log(recordId: string, lines: readonly string[]): void {
    this.#queue('log', async () => {
      const call = { method: 'POST', location: 'logs', retries: uploadRetries } as const;
      const body = { path: `logs\\${recordId}` };
      const created = await this.#connection.call({ ...call, route: this.#route, body }, this.#signal);
      const id = numberIn(objectFrom(created, 'the log'), 'id', 'the log');
      const text = lines.map(line => `${line}\n`).join('');
      await this.#connection.call({ ...call, route: { ...this.#route, logId: id }, body: text }, this.#signal);
      await this.#patchRecords([{ id: recordId, log: { id } }]);
    });
  }

  /** Waits for all that is queued, then reports the job's end. Throws when the service does not take the end. */
  async complete(result: TaskResult, agentShuttingDown: boolean): Promise<void> {
    await this.#last;
    const { jobId, requestId } = this.#message;
    const body = { name: 'JobCompleted', jobId, requestId, result, agentShuttingDown };
    const call = { method: 'POST', location: 'events', route: this.#route, body, retries: completionRetries } as const;
    await this.#connection.call(call, this.#signal);
  }

  #queue(what: string, upload: () => Promise<void>): void {
    this.#last = this.#last
      .then(upload)
      .catch((error: unknown) => this.#diagnose(`upload ${what}: ${messageOf(error)}`));
  }

  async #patchRecords(records: readonly RecordChange[]): Promise<void> {
    const route = { ...this.#route, timelineId: this.#message.timelineId };
    const body = { count: records.length, value: records };
    await this.#connection.call(
      { method: 'PATCH', location: 'records', route, body, retries: uploadRetries },
      this.#signal,
    );
  }

  async #postLines(recordId: string, console: Console): Promise<void> {
    const route = { ...this.#route, timelineId: this.#message.timelineId, recordId };
    try {
      while (console.waiting.length > 0) {
        const value = console.waiting.splice(0, longestBatch);
        const startLine = console.nextLine;
        console.nextLine += value.length;
        const body = { stepId: recordId, startLine, value, count: value.length };
        await this.#connection.call(
          { method: 'POST', location: 'feed', route, body, retries: uploadRetries },
          this.#signal,
        );
      }
    } finally {
      console.isQueued = false;
    }
  }
}
