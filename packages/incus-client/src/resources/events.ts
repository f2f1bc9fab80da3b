import { EventBuffer } from '../event-buffer.js';
import { followEvents, type SubscribeOptions } from '../follow-events.js';
import type { Scope } from '../scope.js';
import type { IncusEvent } from '../wire/event.js';

/** Events: the websocket `/1.0/events`. */
export interface Events {
  /**
   * Iterates over events without end, across lost connections. After each connection is open, the first included, comes
   * one `gap`: whatever happened before it may have been missed, so list again, then go on with what follows. Events are
   * neither ordered nor complete; order them by `timestamp`.
   *
   * Each iteration has a connection of its own. It ends when the signal aborts, the consumer breaks out, or the client
   * is closed, and leaves no socket or timer.
   */
  subscribe(options: SubscribeOptions): AsyncIterable<IncusEvent>;
}

const defaultBufferSize = 10_000;

export function makeEvents(scope: Scope): Events {
  return { subscribe: options => ({ [Symbol.asyncIterator]: () => iterate(scope, options) }) };
}

async function* iterate(scope: Scope, options: SubscribeOptions): AsyncGenerator<IncusEvent, void, undefined> {
  const stop = new AbortController();
  const outer = [scope.transport.closed, ...(options.signal ? [options.signal] : [])];
  const onAbort = () => stop.abort();
  for (const signal of outer) signal.addEventListener('abort', onAbort, { once: true });
  if (outer.some(signal => signal.aborted)) stop.abort();

  const buffer = new EventBuffer(options.bufferSize ?? defaultBufferSize);
  const following = followEvents(scope, options, buffer, stop.signal).finally(() => buffer.end());
  try {
    for (;;) {
      const event = await buffer.next();
      if (event === undefined || stop.signal.aborted) break;
      yield event;
    }
  } finally {
    stop.abort();
    for (const signal of outer) signal.removeEventListener('abort', onAbort);
    await following;
  }
}
