import { randomUUID } from 'node:crypto';
import { signAssertion } from '../execute/registration/assertion.js';
import { openSession, poll } from './ask-sessions.js';
import { postAssertion } from './ask-tokens.js';
import type { Talk } from './talk.js';

/** Deletes the agent while it listens, and sees what is left of it. */
export async function askEnd(talk: Talk): Promise<void> {
  const { signal } = talk;
  const { agentId, authorizationUrl: audience, clientId, key } = talk.needIdentity();
  const { now, poolId } = talk.options;
  const { id: session } = await openSession(talk, 'session-to-be-cut');
  let cut: Promise<unknown> = Promise.resolve();
  const sent = new Promise<void>(resolve => {
    cut = poll(talk, 'poll-that-is-cut', session, { onSent: resolve }).finally(resolve);
  });
  cut.catch(() => {});
  await sent;
  await talk.byClient('delete', client => client.agents.delete(poolId, agentId, { signal }));
  await cut;
  const one = talk.path(`/agents/${agentId}`);
  await talk.asOrganisation('read-deleted', { method: 'GET', path: one });
  await talk.asOrganisation('delete-again', { method: 'DELETE', path: one });
  await poll(talk, 'poll-of-a-deleted-agent', session);
  const assertion = signAssertion({ clientId, audience, id: randomUUID(), now: now() }, key);
  await postAssertion(talk, 'token-of-a-deleted-agent', assertion);
}
