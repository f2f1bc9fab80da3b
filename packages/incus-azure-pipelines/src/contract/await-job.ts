/** What is waited for until a job is there. */
import { poll, type Session } from './ask-sessions.js';
import type { Talk } from './talk.js';

const PAUSE_MS = 1000;
/** What a poll is answered without a message, too. */
const POLLED = [200, 202, 204];

/** Waits until the agent is seen not to listen. */
export async function awaitOffline(talk: Talk): Promise<void> {
  const { signal } = talk;
  const { agentId, poolId } = { ...talk.needIdentity(), ...talk.options };
  await awaited(talk, 'the agent was not seen offline', async () => {
    const agent = await talk.byClient('job-offline', client => client.agents.get(poolId, agentId, { signal }));
    return agent?.status === 'offline' ? agent : undefined;
  });
}

/** Waits until a job is queued that demands this agent. Gives its request. @throws Error when another one is queued. */
export function awaitQueued(talk: Talk): Promise<number> {
  const { awaitJobMs, onWait } = talk.options;
  const how = `with "demands: ${demandOf(talk)}"`;
  onWait(`waits for a job, ${minutes(awaitJobMs)} at most: run a pipeline whose pool is this one, ${how}`);
  return awaited(talk, `no job came ${how}`, () => queuedAlone(talk, 'job-queued'));
}

/** The request of the one job, which demands this agent; undefined while there is none. @throws Error when another one is queued. */
export async function queuedAlone(talk: Talk, step: string): Promise<number | undefined> {
  const { poolId, signal } = talk.options;
  const demand = demandOf(talk).toLowerCase();
  const queue = await talk.byClient(step, client => client.jobRequests.listUnfinished(poolId, { signal }));
  const [first, ...others] = queue ?? [];
  const isMeant = first === undefined || first.demands?.some(one => one.toLowerCase() === demand);
  if (!isMeant || others.length > 0)
    throw new Error('the pool has another job than the one that names the agent; none was taken');
  return first?.requestId;
}

/** Waits for the message that gives the agent its job. */
export function awaitMessage(talk: Talk, { id }: Session): Promise<string> {
  return awaited(talk, 'the job that is queued was not given to the agent', async () => {
    const { status, text } = await poll(talk, 'job-message', id);
    if (!POLLED.includes(status)) throw new Error(`the poll for a job was answered ${status}`);
    return status === 200 && text !== '' ? text : undefined;
  });
}

/** Looks again until there is something, at most once a second. @throws Error when there is nothing in time. */
async function awaited<T>(talk: Talk, otherwise: string, look: () => Promise<T | undefined>): Promise<T> {
  const { awaitJobMs, now, sleep } = talk.options;
  const until = now() + awaitJobMs;
  while (now() < until) {
    const askedAt = now();
    const found = await look();
    if (found !== undefined) return found;
    const [rest, pause] = [until - now(), askedAt + PAUSE_MS - now()];
    if (rest > 0 && pause > 0) await sleep(Math.min(rest, pause), talk.signal);
  }
  throw new Error(`${otherwise} within ${minutes(awaitJobMs)}`);
}

function demandOf(talk: Talk): string {
  return `Agent.Name -equals ${talk.needIdentity().agentName}`;
}

function minutes(ms: number): string {
  return `${Math.ceil(ms / 60_000)} min`;
}
