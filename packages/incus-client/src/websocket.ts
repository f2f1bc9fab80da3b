import type { IncomingMessage } from 'node:http';
import { performance } from 'node:perf_hooks';
import { WebSocket } from 'ws';
import { webSocketTarget } from './connection.js';
import { refusal } from './errors.js';
import { pathOf, type Query, type Transport, unreachable } from './request.js';
import { parseEnvelope } from './wire/envelope.js';

export interface WebSocketCall {
  readonly tried: string;
  /** A template; `{name}` is taken from `names`. */
  readonly route: string;
  readonly names?: Readonly<Record<string, string>>;
  readonly query: Query;
  /** Adds listeners while the socket is still connecting, so that they miss nothing. */
  readonly attach?: (socket: WebSocket) => void;
}

const handshakeTimeoutMs = 10_000;
const largestRefusalBytes = 64 * 1024;

/**
 * A key of zeros, which changes nothing, and by which `ws` leaves the data alone. Masks protect proxies that take what a
 * browser sends for HTTP (RFC 6455, 10.3); here is no browser, and to mask 40 MB takes 0.2 s, in which nothing else is done.
 */
const leaveUnmasked = (key: Buffer): void => {
  key.fill(0);
};

/**
 * Opens a websocket to the daemon. The caller owns it: close it, or abort the signal, which cuts it.
 *
 * @throws IncusError when the daemon refuses the upgrade or cannot be reached; the signal's reason when it aborts.
 */
export async function openWebSocket(
  transport: Transport,
  call: WebSocketCall,
  signal: AbortSignal,
): Promise<WebSocket> {
  signal.throwIfAborted();
  const path = pathOf(call.route, call.names, call.query);
  const { url, createConnection } = webSocketTarget(transport.connection, path);
  const started = performance.now();
  const socket = new WebSocket(url, {
    createConnection,
    perMessageDeflate: false,
    generateMask: leaveUnmasked,
    handshakeTimeout: handshakeTimeoutMs,
  });
  const cut = () => socket.terminate();
  signal.addEventListener('abort', cut, { once: true });
  socket.once('close', () => signal.removeEventListener('abort', cut));
  // An error is always followed by `close`; without a listener it would end the process.
  socket.on('error', () => undefined);
  let status = 0;
  socket.once('upgrade', ({ statusCode = 0 }) => {
    status = statusCode;
  });
  socket.once('unexpected-response', (_, { statusCode = 0 }) => {
    status = statusCode;
  });
  call.attach?.(socket);
  try {
    await opened(socket, transport, call.tried);
  } catch (error) {
    socket.terminate();
    throw signal.aborted ? signal.reason : error;
  } finally {
    transport.report({ method: 'GET', route: call.route, status, ms: performance.now() - started });
  }
  return socket;
}

function opened(socket: WebSocket, transport: Transport, tried: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', error => reject(unreachable(tried, transport.connection, error)));
    socket.once('unexpected-response', (request, response: IncomingMessage) => {
      readRefusal(response)
        .then(text => {
          const envelope = parseEnvelope(text);
          const why = envelope?.type === 'error' ? envelope.error : text;
          reject(refusal(tried, why, response.statusCode));
        })
        .catch(reject)
        .finally(() => request.destroy());
    });
  });
}

async function readRefusal(response: IncomingMessage): Promise<string> {
  let text = '';
  response.setEncoding('utf8');
  for await (const chunk of response) {
    text += chunk;
    if (text.length > largestRefusalBytes) break;
  }
  return text;
}
