import { randomUUID } from 'node:crypto';
import { SessionKeyError, unwrapSessionKey } from '../execute/registration/session-key.js';
import { type Talk, VERSION } from './talk.js';

/** The service holds a poll for some fifty seconds. */
const POLL_MS = 100_000;

/** Listens as the agent, which is disabled, so that no job can come. */
export async function askSessions(talk: Talk): Promise<void> {
  const { signal } = talk;
  const { agentId, poolId } = { ...talk.needIdentity(), ...talk.options };
  const read = (step: string) => talk.byClient(step, client => client.agents.get(poolId, agentId, { signal }));
  await poll(talk, 'poll-of-no-session', randomUUID());
  const path = talk.path('/sessions');
  const session = await withSession(talk, 'session', 'session-closed', async ({ id }) => {
    await read('read-online');
    await talk.asAgent('session-again', { method: 'POST', path, body: wish(talk) });
    await talk.asAgent('session-of-another', { method: 'POST', path, body: wish(talk, talk.other) });
    talk.options.onWait('waits for a message that does not come, up to a minute');
    await poll(talk, 'poll', id);
    return id;
  });
  await read('read-offline');
  await talk.asAgent('session-closed-again', { method: 'DELETE', path: `${path}/${session}` });
  await poll(talk, 'poll-of-closed-session', session);
}

export interface Session {
  readonly id: string;
  /** What its messages are sealed with, where they are. */
  readonly key: Buffer | undefined;
  /** Whether the agent could read a message. */
  readonly isReadable: boolean;
}

/** Opens a session for some work, and closes it whatever becomes of that: it would be in the way of the next. */
export async function withSession<T>(
  talk: Talk,
  opening: string,
  closing: string,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const session = await openSession(talk, opening);
  try {
    return await work(session);
  } finally {
    const close = talk.toItsEnd();
    const { poolId } = talk.options;
    await close.byClient(closing, client => client.sessions.close(poolId, session.id), talk.needSignedIn());
  }
}

/** Opens a session, and notes whether the agent can unwrap its key. @throws Error when there is none. */
export async function openSession(talk: Talk, step: string): Promise<Session> {
  const { poolId } = talk.options;
  const { agent, ownerName } = wish(talk);
  const opened = await talk.byClient(
    step,
    client => client.sessions.open(poolId, { agent, ownerName }, { signal: talk.signal }),
    talk.needSignedIn(),
  );
  if (opened === undefined) throw new Error('no session could be opened');
  const { encryptionKey: sealed, sessionId: id } = opened;
  try {
    const key = sealed === undefined ? undefined : unwrapSessionKey(sealed, talk.needIdentity().key);
    talk.notes[step] = key === undefined ? 'no key' : 'the agent can unwrap the key';
    return { id, key, isReadable: true };
  } catch (error) {
    if (!(error instanceof SessionKeyError)) throw error;
    talk.notes[step] = 'the agent cannot unwrap the key';
    return { id, key: undefined, isReadable: false };
  }
}

interface Polling {
  readonly deadlineMs?: number;
  /** Hears when the request is on its way. */
  readonly onSent?: () => void;
}

/** Waits for a message. */
export async function poll(talk: Talk, step: string, session: string, { deadlineMs = POLL_MS, onSent }: Polling = {}) {
  const path = talk.path(`/messages?sessionId=${session}`);
  return talk.asAgent(step, { method: 'GET', path, deadlineMs }, onSent);
}

function wish(talk: Talk, made = { id: talk.needIdentity().agentId, name: talk.needIdentity().agentName }) {
  const sessionId = '00000000-0000-0000-0000-000000000000';
  return { sessionId, ownerName: made.name, agent: { ...made, version: VERSION } };
}
