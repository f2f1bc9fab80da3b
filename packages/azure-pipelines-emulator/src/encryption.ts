/** How messages are sealed: AES-256-CBC under a key that is wrapped for the agent by RSA-OAEP with SHA-1. */
import { constants, createCipheriv, createPublicKey, type KeyObject, publicEncrypt, randomBytes } from 'node:crypto';

/** A sealed text; both members are standard base64. */
export interface SealedText {
  readonly iv: string;
  readonly body: string;
}

/** Reads the public key of a registration; members are standard base64 of big-endian integers. Throws on anything else. */
export function readPublicKey(exponent: string, modulus: string): KeyObject {
  const base64url = (text: string) => Buffer.from(text, 'base64').toString('base64url');
  return createPublicKey({ format: 'jwk', key: { kty: 'RSA', e: base64url(exponent), n: base64url(modulus) } });
}

/** Returns a fresh key for one session. */
export function makeSessionKey(): Buffer {
  return randomBytes(32);
}

/** Wraps a session's key for the agent; standard base64. */
export function wrapSessionKey(key: Buffer, publicKey: KeyObject): string {
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  return publicEncrypt({ key: publicKey, padding, oaepHash: 'sha1' }, key).toString('base64');
}

/** Seals a text for a session; `iv` is random unless given. */
export function sealText(text: string, key: Buffer, iv: Buffer = randomBytes(16)): SealedText {
  const cipher = createCipheriv('aes-256-cbc', key, iv);
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return { iv: iv.toString('base64'), body: body.toString('base64') };
}
