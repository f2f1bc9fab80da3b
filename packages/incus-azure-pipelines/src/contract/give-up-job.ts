/** How a job that was taken is ended. Nobody's signal keeps it from that. */

import { UserError } from '../lib/user-error.js';
import { poll, type Session } from './ask-sessions.js';
import { type GivenJob, readJobMessage } from './job-message.js';
import type { Talk } from './talk.js';
import type { RawAnswer } from './wire.js';

/** The routes of plans are not released under a number of their own. */
const PLAN_VERSION = '7.1-preview.1';
/** A message that is there comes at once. */
const LAST_POLL_MS = 10_000;

/** Ends a job as canceled: nothing of it was run. */
export function endJob({ options }: Talk, step: string, job: GivenJob): Promise<RawAnswer> {
  const { eventsUrl, jobId, requestId, token } = job;
  return options.wire.ask(step, {
    method: 'POST',
    path: eventsUrl,
    as: 'job',
    authorization: `Bearer ${token.reveal()}`,
    apiVersion: PLAN_VERSION,
    body: { name: 'JobCompleted', jobId, requestId, result: 'canceled', agentShuttingDown: true },
  });
}

/** Ends a job early, else its run waits until the server has given the agent up. @throws UserError when it cannot be ended. */
export async function giveUpJob(talk: Talk, job: GivenJob): Promise<void> {
  const answer = await endJob(talk, 'job-given-up', job).catch((cause: unknown) => {
    throw lost(talk, cause);
  });
  if (answer.status >= 300) throw lost(talk);
}

/** Ends the job that a disabled agent was given, where it has one. @throws UserError when that cannot be ended, or not be seen. */
export async function giveUpWhatCame(talk: Talk, session: Session): Promise<void> {
  const unstopped = talk.toItsEnd();
  const { agentId, poolId } = { ...talk.needIdentity(), ...talk.options };
  const agent = await unstopped.byClient('job-late', client =>
    client.agents.get(poolId, agentId, { includeAssignedRequest: true }),
  );
  if (agent !== undefined && agent.assignedRequest === undefined) return;
  let job: GivenJob;
  try {
    job = readJobMessage(
      (await poll(unstopped, 'job-late-message', session.id, { deadlineMs: LAST_POLL_MS })).text,
      session.key,
    );
  } catch (cause) {
    throw lost(talk, cause);
  }
  await giveUpJob(talk, job);
}

function lost(talk: Talk, cause?: unknown): UserError {
  const { agentName } = talk.needIdentity();
  return new UserError(`end the job that the agent "${agentName}" was given: it is lost; cancel its run in Azure`, {
    cause,
  });
}
