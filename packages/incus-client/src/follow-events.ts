import { setTimeout as sleepFor } from 'node:timers/promises';
import type { WebSocket } from 'ws';
import { IncusError } from './errors.js';
import type { EventBuffer } from './event-buffer.js';
import type { Scope } from './scope.js';
import { openWebSocket } from './websocket.js';
import { type EventType, parseEvent } from './wire/event.js';

/** The first pause before another attempt, and the longest; each is twice the one before. */
export interface Backoff {
  readonly minMs: number;
  readonly maxMs: number;
}

export interface SubscribeOptions {
  readonly types: readonly EventType[];
  /** Default: the client's project only. */
  readonly allProjects?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Default 100 ms doubling to 5 s. */
  readonly reconnect?: Backoff | undefined;
  /** Hears why a connection ended or could not be made; it is tried again in any case. */
  readonly onDisconnect?: ((error: Error) => void) | undefined;
  /** How long the daemon, which pings every ten seconds, may be silent before it counts as dead; default 25 s. */
  readonly silenceMs?: number | undefined;
  /** How many unread events are kept; default 10 000. One more, and all are dropped for a gap. */
  readonly bufferSize?: number | undefined;
  readonly sleep?: ((ms: number, signal: AbortSignal) => Promise<void>) | undefined;
}

const defaultBackoff: Backoff = { minMs: 100, maxMs: 5000 };
const defaultSilenceMs = 25_000;
const tried = 'follow events';

/** What is known across connections. */
interface Following {
  readonly scope: Scope;
  readonly options: SubscribeOptions;
  readonly buffer: EventBuffer;
  aliveAt: number;
  /** Why the next connection is made. */
  reason: string;
  pauseMs: number;
}

/** Fills the buffer from one connection after another until the signal aborts. */
export async function followEvents(
  scope: Scope,
  options: SubscribeOptions,
  buffer: EventBuffer,
  stop: AbortSignal,
): Promise<void> {
  const { minMs, maxMs } = options.reconnect ?? defaultBackoff;
  const sleep = options.sleep ?? ((ms, signal) => sleepFor(ms, undefined, { signal }));
  const following: Following = {
    scope,
    options,
    buffer,
    aliveAt: Date.now(),
    reason: 'first connection',
    pauseMs: minMs,
  };
  while (!stop.aborted) {
    const error = await followOnce(following, stop);
    if (stop.aborted) return;
    options.onDisconnect?.(error);
    following.reason = error.message;
    const { pauseMs } = following;
    following.pauseMs = Math.min(pauseMs * 2, maxMs);
    await sleep(pauseMs, stop).catch(() => undefined);
  }
}

/** Follows one connection to its end, and returns why it ended. */
async function followOnce(following: Following, stop: AbortSignal): Promise<Error> {
  const { scope, options } = following;
  const where = options.allProjects ? { 'all-projects': true } : { project: scope.project };
  const query = { ...where, type: options.types.join(',') };
  let closed: Promise<Error> | undefined;
  const attach = (socket: WebSocket) => {
    closed = attachTo(socket, following);
  };
  try {
    await openWebSocket(scope.transport, { tried, route: '/1.0/events', query, attach }, stop);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
  return (await closed) ?? new IncusError('unreachable', `${tried}: no connection`);
}

/** Delivers what a socket brings, cuts it when it falls silent, and resolves when it has closed. */
function attachTo(socket: WebSocket, following: Following): Promise<Error> {
  const { buffer, options } = following;
  const silenceMs = options.silenceMs ?? defaultSilenceMs;
  let why = 'the connection ended';
  let watchdog: NodeJS.Timeout | undefined;
  const alive = () => {
    following.aliveAt = Date.now();
    watchdog?.refresh();
  };
  socket.once('open', () => {
    buffer.push({ type: 'gap', reason: following.reason, since: following.aliveAt });
    following.pauseMs = (options.reconnect ?? defaultBackoff).minMs;
    watchdog = setTimeout(() => {
      why = `nothing heard for ${silenceMs} ms`;
      socket.terminate();
    }, silenceMs);
    alive();
  });
  socket.on('ping', alive);
  socket.on('message', (content: Buffer) => {
    alive();
    const event = parseEvent(content.toString());
    if (event) buffer.push(event);
  });
  return new Promise(resolve => {
    socket.once('close', code => {
      clearTimeout(watchdog);
      resolve(new IncusError('unreachable', `${tried}: ${why} (code ${code})`));
    });
  });
}
