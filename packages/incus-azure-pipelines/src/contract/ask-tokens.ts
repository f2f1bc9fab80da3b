import { randomUUID } from 'node:crypto';
import { signAssertion, tokenForm } from '../execute/registration/assertion.js';
import { Secret } from '../lib/secret.js';
import type { Talk } from './talk.js';

const HOUR_MS = 3_600_000;

/** Signs in as the agent, in the right way and in wrong ones, and tries what an agent's token is good for. */
export async function askTokens(talk: Talk): Promise<void> {
  const { now, takeKey } = talk.options;
  const { authorizationUrl: audience, clientId, key } = talk.needIdentity();
  const claims = { clientId, audience, id: randomUUID(), now: now() };
  const first = signAssertion(claims, key);
  const answer = await postAssertion(talk, 'token', first);
  const token = tokenIn(answer.text);
  if (token !== undefined) talk.token = token;
  await postAssertion(talk, 'token-by-the-same-assertion', first);
  const another = (changes: Partial<typeof claims>) => ({ ...claims, id: randomUUID(), ...changes });
  await postAssertion(talk, 'token-by-another-key', signAssertion(another({}), await takeKey(talk.signal)));
  await postAssertion(talk, 'token-too-late', signAssertion(another({ now: now() - HOUR_MS }), key));
  await postAssertion(talk, 'token-too-early', signAssertion(another({ now: now() + HOUR_MS }), key));
  await postAssertion(talk, 'token-for-another', signAssertion(another({ audience: 'https://example.com/' }), key));
  await talk.asAgent('agent-lists-agents', { method: 'GET', path: talk.path('/agents') });
  await talk.asAgent('agent-deletes-another', {
    method: 'DELETE',
    path: talk.path(`/agents/${talk.needOther().id}`),
  });
}

/** Posts an assertion to where the registration said. */
export async function postAssertion(talk: Talk, step: string, assertion: string) {
  const { tokenEndpoint } = talk.needIdentity();
  const body = tokenForm(assertion);
  return talk.ask(step, { method: 'POST', path: tokenEndpoint, as: 'nobody', apiVersion: null, isPlain: false, body });
}

function tokenIn(text: string): Secret | undefined {
  try {
    const { access_token: token } = JSON.parse(text) as { readonly access_token?: unknown };
    return typeof token === 'string' && token !== '' ? new Secret(token) : undefined;
  } catch {
    return undefined;
  }
}
