/** How a session's messages are kept from others: an AES key wrapped for the agent's key, and CBC bodies. */

import { constants, createDecipheriv, type KeyObject, privateDecrypt } from 'node:crypto';

export interface WrappedKey {
  readonly encrypted: boolean;
  /** Standard base64. */
  readonly value: string;
}

/** Returns the session's AES key (OAEP with SHA-1 when it is encrypted). */
export function unwrapSessionKey(wrapped: WrappedKey, privateKey: KeyObject): Buffer {
  const value = Buffer.from(wrapped.value, 'base64');
  if (!wrapped.encrypted) return value;
  return privateDecrypt({ key: privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' }, value);
}

/**
 * Returns a message's body as text, without byte order mark. A body is plain text when the message has no `iv` or the
 * session no key.
 */
export function decryptBody(body: string, iv: string | undefined, sessionKey: Buffer | undefined): string {
  if (iv === undefined || sessionKey === undefined) return withoutMark(body);
  const decipher = createDecipheriv(`aes-${sessionKey.length * 8}-cbc`, sessionKey, Buffer.from(iv, 'base64'));
  const plain = Buffer.concat([decipher.update(Buffer.from(body, 'base64')), decipher.final()]);
  return withoutMark(plain.toString('utf8'));
}

function withoutMark(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}
