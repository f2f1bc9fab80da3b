/** The signed statement by which an agent asks for a token of its own: a JWT for OAuth client credentials (RFC 7523). */
import { type KeyObject, sign } from 'node:crypto';

const LIFETIME_SECONDS = 300;

export interface AssertionClaims {
  readonly clientId: string;
  /** The authorization URL, letter for letter as the registration gave it, wherever the form is then posted to. */
  readonly audience: string;
  /** A fresh GUID. */
  readonly id: string;
  /** Epoch ms. */
  readonly now: number;
}

/** Signs an assertion (RS256) that is good for five minutes. The order of its members is the service's own agents'. */
export function signAssertion({ clientId, audience, id, now }: AssertionClaims, key: KeyObject): string {
  const notBefore = Math.floor(now / 1000);
  const head = encoded({ typ: 'JWT', alg: 'RS256' });
  const payload = encoded({
    sub: clientId,
    jti: id,
    iss: clientId,
    aud: audience,
    nbf: notBefore,
    exp: notBefore + LIFETIME_SECONDS,
  });
  return `${head}.${payload}.${sign('sha256', Buffer.from(`${head}.${payload}`), key).toString('base64url')}`;
}

/** The form that is posted to the token endpoint. */
export function tokenForm(assertion: string): string {
  return new URLSearchParams({
    grant_type: 'client_credentials',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
  }).toString();
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
