/**
 * An agent's RSA-2048 key in the two forms that others want: the public half as a registration carries it, and the whole
 * as `.credentials_rsaparams` holds it. Every number is big-endian, in standard base64.
 */
import type { JsonWebKey, KeyObject } from 'node:crypto';
import type { TaskAgentPublicKey } from 'azure-pipelines-client';
import { Secret } from '../../lib/secret.js';

const MODULUS_BYTES = 256;
const HALF_BYTES = MODULUS_BYTES / 2;

/** What a registration carries as `authorization.publicKey`. */
export function publicKeyOf(key: KeyObject): TaskAgentPublicKey {
  const { e, n } = key.export({ format: 'jwk' });
  return { exponent: base64(e), modulus: base64(n) };
}

/**
 * The text of `.credentials_rsaparams`. Its members are matched by case. A JWK drops leading zero bytes and some readers
 * of the file refuse numbers that are too short, so they are padded again to the length that the key asks for.
 */
export function rsaParametersText(key: KeyObject): Secret {
  const { d, dp, dq, e, n, p, q, qi }: JsonWebKey = key.export({ format: 'jwk' });
  const parameters = {
    ContainerName: '',
    UseCng: false,
    d: base64(d, MODULUS_BYTES),
    dp: base64(dp, HALF_BYTES),
    dq: base64(dq, HALF_BYTES),
    exponent: base64(e),
    inverseQ: base64(qi, HALF_BYTES),
    modulus: base64(n),
    p: base64(p, HALF_BYTES),
    q: base64(q, HALF_BYTES),
  };
  return new Secret(JSON.stringify(parameters, undefined, 2));
}

function base64(base64url: string | undefined, lengthBytes = 0): string {
  const bytes = Buffer.from(base64url ?? '', 'base64url');
  const padding = Buffer.alloc(Math.max(0, lengthBytes - bytes.length));
  return Buffer.concat([padding, bytes]).toString('base64');
}
