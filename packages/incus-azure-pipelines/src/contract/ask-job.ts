import { openSession, poll, type Session } from './ask-sessions.js';
import { type GivenJob, readJobMessage } from './job-message.js';
import type { Talk } from './talk.js';

const NO_LOCK = '00000000-0000-0000-0000-000000000000';
/** The routes of plans are not released under a number of their own. */
const PLAN_VERSION = '7.1-preview.1';

/** Takes one job that somebody queues to the pool, runs none of it, and says that it went well. */
export async function askJob(talk: Talk): Promise<void> {
  const { signal } = talk;
  const { agentId: id, agentName: name, poolId } = { ...talk.needIdentity(), ...talk.options };
  const session = await openSession(talk, 'job-session');
  const enable = (step: string, enabled: boolean) =>
    talk.byClient(step, client => client.agents.patch(poolId, { id, name, enabled }, { signal }));
  await enable('job-wanted', true);
  let job: GivenJob;
  try {
    job = await waitForJob(talk, session);
  } finally {
    await enable('job-enough', false);
  }
  let isOver = false;
  try {
    await watchJob(talk, job, session);
    isOver = (await end(talk, 'job-done', job, 'succeeded')).status < 300;
    await talk.asOrganisation('job-over', { method: 'GET', path: talk.path(`/jobrequests/${job.requestId}`) });
  } finally {
    // Else the run waits until the server has given the agent up.
    if (!isOver) await end(talk, 'job-given-up', job, 'canceled').catch(() => {});
  }
  await talk.byClient('job-session-closed', client => client.sessions.close(poolId, session.id), talk.needSignedIn());
}

async function waitForJob(talk: Talk, session: Session): Promise<GivenJob> {
  const { awaitJobMs, now, onWait } = talk.options;
  const until = now() + awaitJobMs;
  const minutes = Math.ceil(awaitJobMs / 60_000);
  onWait(`waits for a job, ${minutes} min at most: run a pipeline whose pool is this one`);
  while (now() < until) {
    const answer = await poll(talk, 'job-message', session.id);
    if (answer.status >= 400) throw new Error(`the poll for a job was answered ${answer.status}`);
    if (answer.status === 200 && answer.text !== '') return readJobMessage(answer.text, session.key);
  }
  throw new Error(`no job came within ${minutes} min`);
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

/** Nobody's signal ends it: a job that was taken is ended. */
function end({ options }: Talk, step: string, { eventsUrl, jobId, requestId, token }: GivenJob, result: string) {
  return options.wire.ask(step, {
    method: 'POST',
    path: eventsUrl,
    as: 'job',
    authorization: `Bearer ${token.reveal()}`,
    apiVersion: PLAN_VERSION,
    body: { name: 'JobCompleted', jobId, requestId, result, agentShuttingDown: true },
  });
}
