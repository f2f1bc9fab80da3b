/** The agent's private key as `.credentials_rsaparams` holds it: big-endian integers of fixed length, in standard base64. */

import { createPrivateKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { type JsonObject, textIn } from './json.js';

const modulusBytes = 256;
const halfBytes = modulusBytes / 2;

/** Each member of the file, the JWK member it equals, and its length in bytes (undefined: as short as it comes). */
const members = [
  { member: 'd', jwk: 'd', bytes: modulusBytes },
  { member: 'dp', jwk: 'dp', bytes: halfBytes },
  { member: 'dq', jwk: 'dq', bytes: halfBytes },
  { member: 'exponent', jwk: 'e', bytes: undefined },
  { member: 'inverseQ', jwk: 'qi', bytes: halfBytes },
  { member: 'modulus', jwk: 'n', bytes: undefined },
  { member: 'p', jwk: 'p', bytes: halfBytes },
  { member: 'q', jwk: 'q', bytes: halfBytes },
] as const;

export interface RsaPublicParameters {
  readonly exponent: string;
  readonly modulus: string;
}

/** Returns the members of `.credentials_rsaparams` for an RSA-2048 private key. */
export function rsaParametersOf(key: KeyObject): Readonly<Record<string, string | boolean>> {
  const jwk = key.export({ format: 'jwk' });
  const parameters: Record<string, string | boolean> = { ContainerName: '', UseCng: false };
  for (const { member, jwk: name, bytes } of members) {
    parameters[member] = paddedBase64(jwk[name], bytes);
  }
  return parameters;
}

/** Returns what a registration carries as `authorization.publicKey`. */
export function publicParametersOf(key: KeyObject): RsaPublicParameters {
  const jwk = key.export({ format: 'jwk' });
  return { exponent: paddedBase64(jwk.e, undefined), modulus: paddedBase64(jwk.n, undefined) };
}

/** Builds the key from the parsed file; throws when one of the eight members is missing (names are case-sensitive). */
export function privateKeyFrom(parameters: JsonObject): KeyObject {
  const jwk: JsonWebKey = { kty: 'RSA' };
  for (const { member, jwk: name } of members) {
    const value = Buffer.from(textIn(parameters, member, '.credentials_rsaparams'), 'base64');
    jwk[name] = value.toString('base64url');
  }
  return createPrivateKey({ key: jwk, format: 'jwk' });
}

function paddedBase64(base64url: string | undefined, bytes: number | undefined): string {
  const value = Buffer.from(base64url ?? '', 'base64url');
  // A JWK drops leading zero bytes; some readers of this file refuse integers that are shorter than the key asks for.
  const padding = Buffer.alloc(Math.max(0, (bytes ?? 0) - value.length));
  return Buffer.concat([padding, value]).toString('base64');
}
