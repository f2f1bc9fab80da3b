/** The signed statement by which an agent proves that it holds its key (RFC 7523, RS256). */
import { verify } from 'node:crypto';
import type { Agent } from './state.js';
import { type JsonObject, numberOf, textOf, toObject } from './wire/json.js';

/** Why an assertion is refused, in the service's words where they are known. */
export class AssertionRefused extends Error {
  override readonly name = 'AssertionRefused';
}

/** An assertion that holds. */
export interface Assertion {
  readonly agent: Agent;
  readonly clientId: string;
  readonly id: string;
  /** Ms since the epoch. */
  readonly expiresAt: number;
}

/** How far an agent's clock may be ahead. */
const SKEW_MS = 5 * 60_000;

/**
 * Checks an assertion: a known agent as issuer and subject, its signature, our token endpoint as audience, and the
 * times. Whether its id was used before is for the caller to see. Throws `AssertionRefused`.
 */
export function checkAssertion(jwt: string, audience: string, agents: Iterable<Agent>, now: number): Assertion {
  const [head = '', payload = '', signature = '', ...rest] = jwt.split('.');
  if (rest.length > 0 || signature === '') throw new AssertionRefused('The assertion is no signed JSON web token.');
  const header = decode(head);
  const claims = decode(payload);
  if (textOf(header, 'alg') !== 'RS256') throw new AssertionRefused('The assertion is not signed with RS256.');
  const clientId = textOf(claims, 'iss');
  const agent = [...agents].find(({ identity }) => identity !== undefined && identity.clientId === clientId);
  const publicKey = agent?.identity?.publicKey;
  if (agent === undefined || publicKey === undefined || clientId === undefined) {
    throw new AssertionRefused('The issuer of the assertion is no known client.');
  }
  if (textOf(claims, 'sub') !== clientId) throw new AssertionRefused('Subject and issuer of the assertion differ.');
  if (!verify('sha256', Buffer.from(`${head}.${payload}`), publicKey, Buffer.from(signature, 'base64url'))) {
    throw new AssertionRefused('The signature of the assertion does not fit the key of the agent.');
  }
  if (textOf(claims, 'aud') !== audience)
    throw new AssertionRefused(`The audience of the assertion is not ${audience}.`);
  const id = textOf(claims, 'jti');
  if (id === undefined) throw new AssertionRefused('The assertion has no id (jti).');
  return { agent, clientId, id, expiresAt: checkTimes(claims, now) };
}

function checkTimes(claims: JsonObject, now: number): number {
  const [notBefore, expires] = [numberOf(claims, 'nbf'), numberOf(claims, 'exp')];
  if (notBefore === undefined || expires === undefined) {
    throw new AssertionRefused('The assertion does not say from when until when it holds (nbf, exp).');
  }
  const text = (ms: number) => new Date(ms).toISOString();
  if (expires * 1000 <= now) {
    throw new AssertionRefused(
      `The bearer token expired on ${text(expires * 1000)}. Current server time is ${text(now)}.`,
    );
  }
  if (notBefore * 1000 > now + SKEW_MS) {
    throw new AssertionRefused(
      `The bearer token is not valid until ${text(notBefore * 1000)}. Current server time is ${text(now)}.`,
    );
  }
  return expires * 1000;
}

function decode(part: string): JsonObject {
  try {
    return toObject(JSON.parse(Buffer.from(part, 'base64url').toString('utf8')));
  } catch {
    throw new AssertionRefused('A part of the assertion is no JSON.');
  }
}
