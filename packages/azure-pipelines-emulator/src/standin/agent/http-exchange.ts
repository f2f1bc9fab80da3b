/** One HTTP request and its whole answer, over kept connections. */

import { Agent, type IncomingHttpHeaders, type IncomingMessage, request as requestPlain } from 'node:http';

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
  };
  // TLS is loaded only where it is used: it would cost every start some milliseconds.
  const secure = url.protocol === 'https:' ? await import('node:https') : undefined;
  return await new Promise<Exchange>((resolve, reject) => {
    const onAnswer = (answer: IncomingMessage): void => {
      readText(answer).then(text => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }), reject);
    };
    const sent =
      secure === undefined
        ? requestPlain(url, { ...options, agent: plainConnections }, onAnswer)
        : secure.request(url, options, onAnswer);
    sent.on('error', (error: NodeJS.ErrnoException) => {
      const stale = sent.reusedSocket && error.code === 'ECONNRESET';
      reject(stale ? new StaleConnectionError(error.message, { cause: error }) : error);
    });
    sent.end(body);
  });
}

async function readText(answer: IncomingMessage): Promise<string> {
  answer.setEncoding('utf8');
  let text = '';
  for await (const chunk of answer) text += String(chunk);
  return text;
}
