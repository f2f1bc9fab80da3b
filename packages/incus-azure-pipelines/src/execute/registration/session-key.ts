import { constants, type KeyObject, privateDecrypt } from 'node:crypto';
import type { TaskAgentSessionKey } from 'azure-pipelines-client';

/** The server wraps session keys in a way that the agent cannot undo. */
export class SessionKeyError extends Error {
  override readonly name = 'SessionKeyError';
}

/** Unwraps the AES key of a session with the agent's own key. @throws SessionKeyError when it was not wrapped for that one. */
export function unwrapSessionKey({ encrypted, value }: TaskAgentSessionKey, key: KeyObject): Buffer {
  const bytes = Buffer.from(value, 'base64');
  if (!encrypted) return bytes;
  try {
    return privateDecrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' }, bytes);
  } catch (cause) {
    throw new SessionKeyError('unwrap the key of a session: it was not wrapped for this agent by RSA-OAEP with SHA-1', {
      cause,
    });
  }
}
