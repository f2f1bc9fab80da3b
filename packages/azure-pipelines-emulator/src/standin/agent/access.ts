/** What a connection shows to the server to be let in. */

import { type KeyObject, randomUUID } from 'node:crypto';
import { signAssertion, tokenRequestForm } from './assertion.js';
import { exchange } from './http-exchange.js';
import { objectFrom, textIn } from './json.js';
import { bodyOf } from './service-error.js';

export interface Access {
  /** The value of the Authorization header; undefined while there is none yet. */
  authorization(): string | undefined;
  /** Gets another after a refusal; false when there is no other to be had. */
  renew(signal: AbortSignal): Promise<boolean>;
}

export interface AgentIdentity {
  readonly clientId: string;
  readonly authorizationUrl: string;
  readonly tokenEndpointUrl: string;
  readonly key: KeyObject;
}

const tokenDeadlineMs = 100_000;

/** Access by a personal access token. */
export function accessByToken(token: string): Access {
  return fixedAccess(`Basic ${Buffer.from(`VstsAgent:${token}`).toString('base64')}`);
}

/** Access by a token that somebody else got: a job's own. */
export function accessByBearer(token: string): Access {
  return fixedAccess(`Bearer ${token}`);
}

/** Access by a token that is exchanged for a signed assertion whenever the server asks for one. */
export function accessByKey(identity: AgentIdentity): Access {
  let authorization: string | undefined;
  return {
    authorization: () => authorization,
    renew: async signal => {
      authorization = `Bearer ${await fetchToken(identity, signal)}`;
      return true;
    },
  };
}

function fixedAccess(authorization: string): Access {
  return { authorization: () => authorization, renew: async () => false };
}

async function fetchToken(identity: AgentIdentity, signal: AbortSignal): Promise<string> {
  const assertion = signAssertion(
    {
      clientId: identity.clientId,
      audience: identity.authorizationUrl,
      id: randomUUID(),
      nowSeconds: Math.floor(Date.now() / 1000),
    },
    identity.key,
  );
  const answer = await exchange(new URL(identity.tokenEndpointUrl), {
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
    body: tokenRequestForm(assertion),
    deadlineMs: tokenDeadlineMs,
    signal,
  });
  const what = `POST ${identity.tokenEndpointUrl}`;
  return textIn(objectFrom(bodyOf(answer, what), what), 'access_token', what);
}
