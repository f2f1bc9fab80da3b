import { createSign, generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { request } from 'undici';
import type { TaskAgent, TaskAgentPublicKey } from '../src/wire.js';

export interface AgentKey {
  readonly privateKey: KeyObject;
  readonly publicKey: TaskAgentPublicKey;
}

/** Makes the key by which an agent proves who it is. */
export function makeAgentKey(): AgentKey {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const { n = '', e = '' } = publicKey.export({ format: 'jwk' });
  const base64 = (part: string) => Buffer.from(part, 'base64url').toString('base64');
  return { privateKey, publicKey: { modulus: base64(n), exponent: base64(e) } };
}

/**
 * Brings a registered agent online, as its listener does: token for a signed assertion, then a session. Gives back the token.
 * `at`: the time of the server (epoch ms).
 */
export async function goOnline(
  url: string,
  poolId: number,
  agent: TaskAgent,
  key: AgentKey,
  at = Date.now(),
): Promise<string> {
  const { clientId = '', authorizationUrl = '' } = agent.authorization ?? {};
  const now = Math.floor(at / 1000);
  const claims = { sub: clientId, iss: clientId, aud: authorizationUrl, jti: randomUUID(), nbf: now, exp: now + 300 };
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: sign(claims, key.privateKey),
  });
  const granted = await post(authorizationUrl, form.toString(), {
    'content-type': 'application/x-www-form-urlencoded',
  });
  const { access_token: token } = granted as { readonly access_token: string };
  const { id, name, version } = agent;
  const session = { ownerName: 'test', agent: { id, name, version, osDescription: 'test' } };
  await post(`${url}/_apis/distributedtask/pools/${poolId}/sessions`, JSON.stringify(session), {
    'content-type': 'application/json',
    accept: 'application/json;api-version=7.0',
    authorization: `Bearer ${token}`,
  });
  return token;
}

function sign(claims: object, key: KeyObject): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part({ typ: 'JWT', alg: 'RS256' })}.${part(claims)}`;
  return `${text}.${createSign('sha256').update(text).sign(key, 'base64url')}`;
}

async function post(url: string, body: string, headers: Record<string, string>): Promise<unknown> {
  const response = await request(url, { method: 'POST', body, headers });
  const text = await response.body.text();
  if (response.statusCode !== 200) throw new Error(`POST ${url}: ${response.statusCode} ${text}`);
  return JSON.parse(text);
}
