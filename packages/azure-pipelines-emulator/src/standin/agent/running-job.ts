/** One job as the listener sees it: a lock that is renewed, and a worker process that does the work. */

import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { AgentSettings } from './agent-files.js';
import type { Connection } from './connection.js';
import { completedLine, runningLine } from './console-lines.js';
import type { Diagnose } from './diagnostics.js';
import { type JobRequestLock, keepLock, takeLock } from './job-request-lock.js';
import { resultOfWorkerExit, type TaskResult } from './task-result.js';
import type { JobOrder, WorkerMessage } from './worker-channel.js';

export interface JobContext {
  readonly connection: Connection;
  readonly settings: AgentSettings;
  readonly rootDirectory: string;
  readonly version: string;
  readonly runOnce: boolean;
  readonly print: (line: string) => void;
  readonly diagnose: Diagnose;
}

export interface JobSummary {
  readonly jobId: string;
  readonly requestId: number;
  readonly displayName: string;
  readonly body: string;
}

const shortestCleanUpMs = 60_000;
const killGraceMs = 60_000;

export class RunningJob {
  readonly jobId: string;
  /** Settles when the job is over in every respect; never rejects. */
  readonly finished: Promise<void>;
  readonly #context: JobContext;
  readonly #canceled = new AbortController();
  #killTimer: NodeJS.Timeout | undefined;
  #worker: ChildProcess | undefined;

  constructor(context: JobContext, job: JobSummary) {
    this.#context = context;
    this.jobId = job.jobId;
    this.finished = this.#run(job)
      .catch((error: unknown) => context.diagnose(`job ${job.jobId}: ${String(error)}`))
      .finally(() => this.#settle());
  }

  /** Asks the worker to end the job; kills it when it has not ended a minute after `timeoutMs`. */
  cancel(timeoutMs: number): void {
    if (this.#canceled.signal.aborted) return;
    this.#canceled.abort();
    this.#killTimer = setTimeout(
      () => this.#worker?.kill('SIGKILL'),
      Math.max(timeoutMs, shortestCleanUpMs) + killGraceMs,
    );
    this.#tell({ kind: 'cancel' });
  }

  /** From here on there is nothing left to cancel. */
  #settle(): void {
    this.#canceled.abort();
    clearTimeout(this.#killTimer);
  }

  async #run(job: JobSummary): Promise<void> {
    const { connection, settings, print, diagnose } = this.#context;
    const lock: JobRequestLock = { connection, poolId: settings.poolId, requestId: job.requestId };
    print(runningLine(Date.now(), job.displayName));
    const lockedUntilAt = await takeLock(lock, new AbortController().signal);
    if (lockedUntilAt === undefined) {
      diagnose(`job ${job.jobId}: the first renewal of its lock failed, so it is not started`);
      return;
    }
    const workerEnded = new AbortController();
    const renewal = keepLock(lock, lockedUntilAt, workerEnded.signal).then(outcome => {
      if (outcome === 'lost') this.cancel(0);
      return outcome;
    });
    const workerResult = await this.#work(job);
    workerEnded.abort();
    const result: TaskResult = (await renewal) === 'lost' ? 'abandoned' : workerResult;
    print(completedLine(Date.now(), job.displayName, result));
  }

  async #work(job: JobSummary): Promise<TaskResult> {
    const { settings, rootDirectory, version, runOnce, diagnose } = this.#context;
    const worker = spawn(join(rootDirectory, 'bin', 'Agent.Worker'), ['spawnclient', '3'], {
      cwd: rootDirectory,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#worker = worker;
    const exitCode = new Promise<number | undefined>(resolve => {
      worker.once('error', error => {
        diagnose(`start the worker: ${error.message}`);
        resolve(undefined);
      });
      worker.once('exit', code => resolve(code ?? undefined));
    });
    const order: JobOrder = {
      body: job.body,
      rootDirectory,
      version,
      agentId: settings.agentId,
      agentName: settings.agentName,
      serverUrl: settings.serverUrl,
      workFolder: settings.workFolder,
      runOnce,
    };
    this.#tell({ kind: 'job', order });
    if (this.#canceled.signal.aborted) this.#tell({ kind: 'cancel' });
    const code = await exitCode;
    this.#worker = undefined;
    diagnose(`worker exited with ${code ?? 'a signal'}`);
    return resultOfWorkerExit(code) ?? 'failed';
  }

  #tell(message: WorkerMessage): void {
    // A worker that is gone shows by its exit.
    this.#worker?.send(message, error => {
      if (error !== null) this.#context.diagnose(`tell the worker: ${error.message}`);
    });
  }
}
