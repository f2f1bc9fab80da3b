/** How a call proves who it is: a personal access token, or a bearer token from Microsoft Entra. */

import { AzurePipelinesError } from './azure-pipelines-error.js';

export interface Auth {
  /** `pat` goes out as Basic, `bearer` as what it says. */
  readonly kind: 'pat' | 'bearer';
  /** Asked before every call when it is a function, so that a renewed token is taken up. */
  readonly token: string | ((signal: AbortSignal) => string | Promise<string>);
  /** Asked once for a call whose token was refused: another one to try, or nothing. Why it fails is told with the refusal. */
  readonly another?: ((refused: string, signal: AbortSignal) => Promise<string | undefined>) | undefined;
}

export interface Credential {
  readonly kind: Auth['kind'];
  readonly token: string;
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
  const { kind, token } = auth;
  return credentialOf(kind, await read(async () => (typeof token === 'string' ? token : await token(signal))));
}

/** The same in place of a credential that was refused; `undefined` where there is no other. */
export async function anotherCredential(
  { another, kind }: Auth,
  refused: Credential,
  signal: AbortSignal,
): Promise<Credential | undefined> {
  const token = await read(async () => await another?.(refused.token, signal));
  return token === undefined ? undefined : credentialOf(kind, token);
}

function credentialOf(kind: Auth['kind'], text: string): Credential {
  const token = text.trim();
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
    kind,
    token,
    header: kind === 'pat' ? `Basic ${basic}` : `Bearer ${token}`,
    secrets: [token, basic, encodeURIComponent(token)],
  };
}

/** The refusal of a credential, with why no other could be had. */
export function refusalWithoutOther(refusal: AzurePipelinesError, cause: unknown): AzurePipelinesError {
  const { activityId, kind, message, retryAfterMs, retryable, status, typeKey } = refusal;
  const facts = { activityId, retryAfterMs, retryable, status, typeKey, cause };
  return new AzurePipelinesError(kind, `${message}; there is no other: ${wordsOf(cause)}`, facts);
}

async function read<T>(token: () => Promise<T>): Promise<T> {
  try {
    return await token();
  } catch (cause) {
    // Token sources are often remote, so the next attempt may well succeed.
    throw new AzurePipelinesError('credentials', `read the token: ${wordsOf(cause)}`, { cause, retryable: true });
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
