/** What the service says about a failure, in its body and headers. */

import { type Answer, isJson } from './answer.js';
import { headerValue } from './rate-limit.js';
import { foreignText } from './redact.js';

export interface ErrorBody {
  /** Name of the .NET exception; the field to branch on. */
  readonly typeKey: string | undefined;
  /** One printable line. */
  readonly message: string | undefined;
  readonly activityId: string | undefined;
}

/**
 * Reads the error document of the service (`message`, `typeKey`), its `X-TFS-ServiceError` and `ActivityId` headers. All
 * texts are bounded, on one line and without the given secrets.
 */
export function readErrorBody(answer: Answer, secrets: readonly string[]): ErrorBody {
  const body = isJson(answer) ? parseObject(answer.text) : {};
  const header = headerValue(answer.headers, 'x-tfs-serviceerror');
  const clean = (value: unknown) =>
    typeof value === 'string' && value !== '' ? foreignText(value, secrets) : undefined;
  return {
    typeKey: clean(body.typeKey),
    message: clean(body.message) ?? (header === undefined ? undefined : clean(decode(header))),
    activityId: clean(headerValue(answer.headers, 'activityid') ?? headerValue(answer.headers, 'x-vss-e2eid')),
  };
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
