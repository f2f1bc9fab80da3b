/** The signed statement by which an agent asks for its own token (OAuth client credentials with a JWT). */

import { type KeyObject, sign } from 'node:crypto';

export interface AssertionClaims {
  readonly clientId: string;
  /** The authorization URL, letter for letter as the registration gave it. */
  readonly audience: string;
  readonly id: string;
  /** Whole seconds since the epoch. */
  readonly nowSeconds: number;
}

const lifetimeSeconds = 300;

/** Signs an assertion (RS256) that is good for five minutes. */
export function signAssertion(claims: AssertionClaims, key: KeyObject): string {
  const header = encoded({ typ: 'JWT', alg: 'RS256' });
  const payload = encoded({
    sub: claims.clientId,
    jti: claims.id,
    iss: claims.clientId,
    aud: claims.audience,
    nbf: claims.nowSeconds,
    exp: claims.nowSeconds + lifetimeSeconds,
  });
  const signature = sign('sha256', Buffer.from(`${header}.${payload}`), key).toString('base64url');
  return `${header}.${payload}.${signature}`;
}

/** Returns the form that is posted to the token endpoint. */
export function tokenRequestForm(assertion: string): string {
  return new URLSearchParams({
    grant_type: 'client_credentials',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
  }).toString();
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
