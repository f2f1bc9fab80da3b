/** An answer of the service that is not what was asked for. */

import type { Exchange } from './http-exchange.js';
import { isJsonObject, optionalTextIn, parseJson } from './json.js';

export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  readonly status: number;
  /** The service's own name for what went wrong; empty when the answer was no error of the service's form. */
  readonly typeKey: string;
  readonly retryAfterMs: number | undefined;

  constructor(message: string, facts: { status: number; typeKey?: string; retryAfterMs?: number | undefined }) {
    super(message);
    this.status = facts.status;
    this.typeKey = facts.typeKey ?? '';
    this.retryAfterMs = facts.retryAfterMs;
  }
}

const signInPageStatuses: readonly number[] = [203, 302];

/** Returns the parsed body of a good answer, undefined for an empty one; throws a ServiceError for every other. */
export function bodyOf(answer: Exchange, request: string): unknown {
  const isJson = (answer.headers['content-type'] ?? '').includes('json');
  const isGood = answer.status >= 200 && answer.status < 300 && !signInPageStatuses.includes(answer.status);
  if (isGood && answer.text === '') return undefined;
  if (isGood && isJson) return parseJson(answer.text);
  throw errorFrom(answer, request, isJson);
}

function errorFrom(answer: Exchange, request: string, isJson: boolean): ServiceError {
  const { status } = answer;
  const retryAfter = Number(answer.headers['retry-after']);
  const retryAfterMs = Number.isFinite(retryAfter) ? retryAfter * 1000 : undefined;
  const isSignInPage = signInPageStatuses.includes(status) || (status >= 200 && status < 300);
  if (isSignInPage || (status === 401 && !isJson)) {
    const message = `${request}: the server refused the credential (status ${status})`;
    return new ServiceError(message, { status, typeKey: 'UnauthorizedRequestException', retryAfterMs });
  }
  const parsed = isJson ? parsedOrUndefined(answer.text) : undefined;
  const body = isJsonObject(parsed) ? parsed : {};
  const message =
    optionalTextIn(body, 'message') ?? optionalTextIn(body, 'error_description') ?? optionalTextIn(body, 'error');
  return new ServiceError(message ?? `${request}: the server answered with status ${status}`, {
    status,
    typeKey: optionalTextIn(body, 'typeKey') ?? '',
    retryAfterMs,
  });
}

function parsedOrUndefined(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
