import { type CallOptions, deadlines, withDeadline } from './deadline.js';
import type { Answer, Exchange, Transport } from './request.js';

/** What every resource is built on: the connection and the project that calls are made in. */
export interface Scope {
  readonly transport: Transport;
  readonly project: string;
}

/** Makes one call whose answer is the result, and returns the metadata. GETs have the shorter default deadline. */
export async function callFor<T>(scope: Scope, exchange: Exchange, options?: CallOptions): Promise<T> {
  return (await answerTo<T>(scope, exchange, options)).envelope.metadata;
}

/** Like {@link callFor}, with the envelope and the ETag. */
export async function answerTo<T>(scope: Scope, exchange: Exchange, options?: CallOptions): Promise<Answer<T>> {
  const defaultMs = exchange.method === 'GET' ? deadlines.readMs : deadlines.writeMs;
  return await withDeadline(exchange.tried, options, defaultMs, signal => scope.transport.call<T>(exchange, signal));
}
