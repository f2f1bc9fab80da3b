/** `run.sh`: listens for jobs and starts a worker for each. */

import { isConfigured, readSettings } from './agent-files.js';
import { storedAccess } from './agent-identity.js';
import type { BuildOptions } from './build-options.js';
import { listeningLine } from './console-lines.js';
import type { Diagnose } from './diagnostics.js';
import { ExitError, exitCodes, messageOf } from './exit-error.js';
import { numberIn, objectFrom, optionalTextIn, parseJson, textIn } from './json.js';
import { keepSessionAlive, receiveMessages } from './message-stream.js';
import { pause } from './pause.js';
import { type JobContext, type JobSummary, RunningJob } from './running-job.js';
import { type AgentMessage, openSession, type Session } from './session.js';
import { openSessionPatiently } from './session-opening.js';
import { systemCapabilities } from './system-capabilities.js';

export interface RunContext {
  readonly rootDirectory: string;
  readonly build: BuildOptions;
  readonly once: boolean;
  readonly print: (line: string) => void;
  readonly diagnose: Diagnose;
  /** Aborted when the listener is asked to end: a running job is canceled then. */
  readonly signal: AbortSignal;
}

/**
 * Listens until the signal is aborted or, with `once`, until its first job is over, whatever the job's result. Throws an
 * ExitError for every end that needs a code.
 */
export async function run(context: RunContext): Promise<void> {
  const { rootDirectory, build, print, diagnose, signal } = context;
  if (!isConfigured(rootDirectory)) {
    const message = 'An error occurred: Not configured. Run config.sh to configure the agent.';
    throw new ExitError(message, exitCodes.retryable);
  }
  const settings = readSettings(rootDirectory);
  const access = storedAccess(rootDirectory);
  print('Scanning for tool capabilities.');
  const capabilities = systemCapabilities({
    agentName: settings.agentName,
    version: build.version,
    rootDirectory,
    environment: process.env,
  });
  print('Connecting to the server.');
  const request = { settings, access, rootDirectory, version: build.version, capabilities };
  const open = (openSignal: AbortSignal): Promise<Session> => openSession(request, openSignal);
  await using session = await openSessionPatiently({ open, print, now: Date.now, pause }, signal);
  print(listeningLine(Date.now()));

  const ended = new AbortController();
  const stop = AbortSignal.any([signal, ended.signal]);
  const keepAlive = keepSessionAlive(session, diagnose, stop);
  const job: JobContext = {
    connection: session.connection,
    settings,
    rootDirectory,
    version: build.version,
    runOnce: context.once,
    print,
    diagnose,
  };
  const jobs = new JobSlot(job, session, () => {
    if (context.once) ended.abort();
  });
  try {
    for await (const message of receiveMessages(session, { ...build, print }, stop)) {
      diagnose(`message ${message.id} of type ${message.type}`);
      if (await jobs.take(message)) {
        // A message that stays behind is looked at again by nobody here, and a job runs without its deletion too.
        await session.deleteMessage(message.id).catch((error: unknown) => diagnose(messageOf(error)));
      }
    }
  } finally {
    ended.abort();
    await jobs.end();
    await keepAlive;
  }
}

class JobSlot {
  readonly #context: JobContext;
  readonly #session: Session;
  readonly #onFinished: () => void;
  #job: RunningJob | undefined;

  constructor(context: JobContext, session: Session, onFinished: () => void) {
    this.#context = context;
    this.#session = session;
    this.#onFinished = onFinished;
  }

  /** Acts on a message; false when it is to stay on the server, for others. */
  async take(message: AgentMessage): Promise<boolean> {
    switch (message.type) {
      case 'pipelineagentjobrequest':
        return await this.#start(message);
      case 'jobcancellation':
        return this.#cancel(message);
      default:
        this.#context.diagnose(`message type ${message.type} is not supported`);
        return true;
    }
  }

  /** Cancels what runs and waits for its end. */
  async end(): Promise<void> {
    this.#job?.cancel(0);
    await this.#job?.finished;
  }

  async #start(message: AgentMessage): Promise<boolean> {
    if (this.#job !== undefined && this.#context.runOnce) return false;
    await this.#job?.finished;
    const job = new RunningJob({ ...this.#context, connection: this.#session.connection }, summaryOf(message));
    this.#job = job;
    void job.finished.then(this.#onFinished);
    return true;
  }

  #cancel(message: AgentMessage): boolean {
    const what = 'the cancellation';
    const body = objectFrom(parseJson(message.body), what);
    if (this.#job?.jobId !== textIn(body, 'jobId', what)) return false;
    this.#job.cancel(milliseconds(optionalTextIn(body, 'timeout') ?? '00:00:00'));
    return true;
  }
}

function summaryOf(message: AgentMessage): JobSummary {
  const what = 'the job message';
  const body = objectFrom(parseJson(message.body), what);
  return {
    jobId: textIn(body, 'jobId', what),
    requestId: numberIn(body, 'requestId', what),
    displayName: optionalTextIn(body, 'jobDisplayName') ?? textIn(body, 'jobName', what),
    body: message.body,
  };
}

function milliseconds(timeSpan: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = timeSpan.split(':').map(Number);
  const ms = ((hours * 60 + minutes) * 60 + seconds) * 1000;
  return Number.isFinite(ms) ? ms : 0;
}
