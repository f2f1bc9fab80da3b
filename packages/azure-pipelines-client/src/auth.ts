/** How a call proves who it is: a personal access token, or a bearer token from Microsoft Entra. */

import { AzurePipelinesError } from './azure-pipelines-error.js';

export type Auth =
  | {
      readonly kind: 'pat';
      /** Asked before every call when it is a function, so that a renewed token is taken up. */
      readonly token: string | (() => string | Promise<string>);
    }
  | { readonly kind: 'bearer'; readonly token: (signal: AbortSignal) => Promise<string> };

export interface Credential {
  /** The value of the `Authorization` header. */
  readonly header: string;
  /** Every spelling of the token that must not show up in a text. */
  readonly secrets: readonly string[];
}

/**
 * Obtains the token and writes it as an `Authorization` header. White space around the token is cut off: it comes from
 * files that end in a line break.
 *
 * @throws AzurePipelinesError of kind `credentials` when there is no token, or none that fits in a header.
 */
export async function obtainCredential(auth: Auth, signal: AbortSignal): Promise<Credential> {
  const token = (await readToken(auth, signal)).trim();
  if (token === '') {
    throw new AzurePipelinesError('credentials', 'read the token: it is empty; put a token where it is read from');
  }
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new AzurePipelinesError(
      'credentials',
      'read the token: it holds a space, a line break or another character that no token has; copy it again, whole',
    );
  }
  const basic = Buffer.from(`:${token}`).toString('base64');
  return {
    header: auth.kind === 'pat' ? `Basic ${basic}` : `Bearer ${token}`,
    secrets: [token, basic, encodeURIComponent(token)],
  };
}

async function readToken(auth: Auth, signal: AbortSignal): Promise<string> {
  try {
    if (auth.kind === 'bearer') return await auth.token(signal);
    return typeof auth.token === 'string' ? auth.token : await auth.token();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    // Token sources are often remote, so the next attempt may well succeed.
    throw new AzurePipelinesError('credentials', `read the token: ${why}`, { cause, retryable: true });
  }
}
