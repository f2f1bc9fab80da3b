/** One HTTP request and its whole answer, over kept connections. */

import { Agent, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { beginRequest } from './way-out.js';

export interface ExchangeRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
}

export interface Exchange {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

const plainConnections = new Agent({ keepAlive: true });

/**
 * Sends a request and reads its answer. Redirects are not followed. Throws the socket's error, the signal's reason, or a
 * TimeoutError after the deadline.
 */
export async function exchange(url: URL, request: ExchangeRequest): Promise<Exchange> {
  const signal = AbortSignal.any([request.signal, AbortSignal.timeout(request.deadlineMs)]);
  try {
    return await exchangeOnce(url, request, signal);
  } catch (error) {
    signal.throwIfAborted();
    // A server may close a kept connection in the very moment in which it is used again.
    if (error instanceof StaleConnectionError) return await exchangeOnce(url, request, signal);
    throw error;
  }
}

class StaleConnectionError extends Error {
  override readonly name = 'StaleConnectionError';
}

async function exchangeOnce(url: URL, request: ExchangeRequest, signal: AbortSignal): Promise<Exchange> {
  const body = request.body === undefined ? undefined : Buffer.from(request.body);
  const options = {
    method: request.method,
    headers: { ...request.headers, ...(body === undefined ? {} : { 'content-length': String(body.length) }) },
    signal,
    ...(url.protocol === 'http:' ? { agent: plainConnections } : {}),
  };
  return await new Promise<Exchange>((resolve, reject) => {
    const onAnswer = (answer: IncomingMessage): void => {
      readText(answer).then(text => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }), reject);
    };
    beginRequest(url, options, onAnswer).then(sent => {
      sent.on('error', (error: NodeJS.ErrnoException) => {
        const stale = sent.reusedSocket && error.code === 'ECONNRESET';
        reject(stale ? new StaleConnectionError(error.message, { cause: error }) : error);
      });
      sent.end(body);
    }, reject);
  });
}

async function readText(answer: IncomingMessage): Promise<string> {
  answer.setEncoding('utf8');
  let text = '';
  for await (const chunk of answer) text += String(chunk);
  return text;
}
