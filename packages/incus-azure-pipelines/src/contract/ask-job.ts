import { type Session, withSession } from './ask-sessions.js';
import { awaitMessage, awaitOffline, awaitQueued, queuedAlone } from './await-job.js';
import { endJob, giveUpJob, giveUpWhatCame } from './give-up-job.js';
import { type GivenJob, readJobMessage } from './job-message.js';
import type { Talk } from './talk.js';

const NO_LOCK = '00000000-0000-0000-0000-000000000000';

/**
 * Takes the one job that names this agent, runs none of it, and ends it as canceled.
 *
 * No job of anybody else is to come: while it is waited for, the agent is enabled, so that the service lets it wait, but does not
 * listen. It listens while enabled only once that job is the whole queue.
 */
export async function askJob(talk: Talk): Promise<void> {
  await awaitOffline(talk);
  let meant: number;
  let isDisabled = false;
  try {
    await enable(talk, 'job-wanted', true);
    meant = await awaitQueued(talk);
  } finally {
    isDisabled = await enable(talk.toItsEnd(), 'job-there', false);
  }
  if (!isDisabled) throw new Error('the agent could not be disabled, so it does not listen');
  await withSession(talk, 'job-session', 'job-session-closed', async session => {
    const job = await takeJob(talk, session, meant);
    let isOver = false;
    try {
      if (job.requestId !== meant) throw new Error('a job came that did not name the agent; it was ended as canceled');
      await watchJob(talk, job, session);
      isOver = (await endJob(talk, 'job-done', job)).status < 300;
      await talk.asOrganisation('job-over', { method: 'GET', path: talk.path(`/jobrequests/${job.requestId}`) });
    } finally {
      if (!isOver) await giveUpJob(talk, job);
    }
  });
}

/** Lets the job come, and no other. What comes although it is waited for no more is ended. */
async function takeJob(talk: Talk, session: Session, meant: number): Promise<GivenJob> {
  if (!session.isReadable) throw new Error('the agent could not read a job: it cannot unwrap the key of its session');
  if ((await queuedAlone(talk, 'job-alone')) !== meant) throw new Error('the job that named the agent waits no more');
  let job: GivenJob | undefined;
  try {
    await enable(talk, 'job-welcome', true);
    job = readJobMessage(await awaitMessage(talk, session), session.key);
    return job;
  } finally {
    await enable(talk.toItsEnd(), 'job-enough', false);
    if (job === undefined) await giveUpWhatCame(talk, session);
  }
}

async function enable(talk: Talk, step: string, enabled: boolean): Promise<boolean> {
  const { signal } = talk;
  const { agentId: id, agentName: name, poolId } = { ...talk.needIdentity(), ...talk.options };
  const changed = await talk.byClient(step, client => client.agents.patch(poolId, { id, name, enabled }, { signal }));
  return changed !== undefined;
}

async function watchJob(talk: Talk, { messageId, requestId }: GivenJob, session: Session): Promise<void> {
  const { signal } = talk;
  const { agentId, poolId } = { ...talk.needIdentity(), ...talk.options };
  const listed = (step: string) =>
    talk.asOrganisation(step, {
      method: 'GET',
      path: talk.path(`/jobrequests?agentId=${agentId}&completedRequestCount=0`),
      apiVersion: null,
    });
  await listed('job-assigned');
  await talk.byClient('job-busy', client =>
    client.agents.get(poolId, agentId, { includeAssignedRequest: true, signal }),
  );
  const request = talk.path(`/jobrequests/${requestId}?lockToken=${NO_LOCK}`);
  await talk.asAgent('job-renewed', { method: 'PATCH', path: request, body: { requestId } });
  await listed('job-received');
  const message = talk.path(`/messages/${messageId}?sessionId=${session.id}`);
  await talk.asAgent('job-message-deleted', { method: 'DELETE', path: message });
  await talk.asOrganisation('delete-busy', { method: 'DELETE', path: talk.path(`/agents/${agentId}`) });
}
