/** What came back for a call, read to a bounded size. */

import type { Dispatcher } from 'undici';
import { type AnswerHeaders, headerValue } from './rate-limit.js';

export interface Answer {
  readonly status: number;
  readonly headers: AnswerHeaders;
  /** The body as text, or its beginning. */
  readonly text: string;
  /** False when the body was longer than allowed; the connection is then given up. */
  readonly whole: boolean;
}

/** Reads the answer's body up to `maxBytes`. */
export async function readAnswer(response: Dispatcher.ResponseData, maxBytes: number): Promise<Answer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  let whole = true;
  for await (const chunk of response.body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) {
      whole = false;
      break;
    }
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks)
    .toString('utf8')
    .replace(/^\uFEFF/, '');
  return { status: response.statusCode, headers: response.headers, text, whole };
}

/** Tells whether the answer says that its body is JSON. */
export function isJson(answer: Answer): boolean {
  return /^application\/([\w.-]+\+)?json\s*(;|$)/i.test(headerValue(answer.headers, 'content-type') ?? '');
}

/** Tells whether the answer is a web page, which in place of JSON is the page to sign in. */
export function isHtml(answer: Answer): boolean {
  return /^(text\/html|application\/xhtml\+xml)\s*(;|$)/i.test(headerValue(answer.headers, 'content-type') ?? '');
}
