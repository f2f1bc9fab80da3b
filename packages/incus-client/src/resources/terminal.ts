import { WebSocket } from 'ws';
import { type CallOptions, deadlines, withDeadline } from '../deadline.js';
import { exitCodeOf, streamSecrets } from '../exec-operation.js';
import { OutputReader } from '../output-reader.js';
import type { Scope } from '../scope.js';
import { succeeded } from '../wait.js';
import { openWebSocket } from '../websocket.js';
import type { Operation } from '../wire/operation.js';

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** A command to run on a terminal of its own. `command` and `environment` are broadcast in events. */
export interface TerminalRequest {
  readonly command: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly size: TerminalSize;
  /** What the terminal shows, as it comes: foreign bytes, which a real terminal obeys. */
  readonly onOutput: (chunk: Uint8Array) => void;
}

/** A command that runs on a terminal in an instance. Disposing of it kills what still runs. */
export interface Terminal extends AsyncDisposable {
  /** Types. What is typed after the end is lost. */
  write(bytes: Uint8Array): void;
  resize(size: TerminalSize): void;
  /** The exit code, 128 + N when signal N ended it; rejects with an IncusError when the connection is lost. */
  readonly ended: Promise<number>;
}

export type OpenTerminal = (instance: string, request: TerminalRequest, options?: CallOptions) => Promise<Terminal>;

/**
 * Makes `openTerminal`: `POST /1.0/instances/{name}/exec`, interactive, with one websocket for what is typed and shown and one for
 * the size. The command runs as root, with its HOME.
 *
 * @throws IncusError `conflict` when the instance does not run, `not-found` when there is none.
 */
export function makeOpenTerminal(scope: Scope): OpenTerminal {
  return (instance, request, options) => {
    const tried = `open a terminal in instance "${instance}"`;
    return withDeadline(tried, options, deadlines.writeMs, signal => open(scope, tried, instance, request, signal));
  };
}

async function open(
  scope: Scope,
  tried: string,
  instance: string,
  request: TerminalRequest,
  signal: AbortSignal,
): Promise<Terminal> {
  const { transport } = scope;
  const { envelope } = await transport.call<Operation>(startExchange(scope, tried, instance, request), signal);
  const { id } = envelope.metadata;
  const fds = streamSecrets(tried, envelope.metadata);
  const shown = new OutputReader(0, request.onOutput);
  const stop = new AbortController();
  const to = { tried, route: '/1.0/operations/{id}/websocket', names: { id } };
  const attach = (socket: WebSocket) => {
    socket.on('message', (content: Buffer, isBinary: boolean) => shown.take(content, isBinary));
    socket.once('close', () => shown.close());
  };
  // Once it is open its own end is the only one, hence two signals for the opening and one for the rest.
  const cut = () => stop.abort(signal.reason);
  signal.addEventListener('abort', cut, { once: true });
  try {
    // The daemon starts the command as soon as the other one is there.
    const control = await openWebSocket(transport, { ...to, query: { secret: fds.control } }, stop.signal);
    const typed = await openWebSocket(transport, { ...to, query: { secret: fds['0'] }, attach }, stop.signal);
    // The daemon waits for the end of what is typed, too, before it calls the command ended.
    shown.ended.then(
      () => typed.close(),
      () => undefined,
    );
    const ended = end(succeeded(transport, tried, id, stop.signal), shown.ended, tried).finally(() => stop.abort());
    // Whoever asks hears of it; nobody may ask.
    ended.catch(() => undefined);
    return terminal(control, typed, ended, stop);
  } catch (error) {
    stop.abort();
    throw error;
  } finally {
    signal.removeEventListener('abort', cut);
  }
}

async function end(operation: Promise<Operation>, shown: Promise<void>, tried: string): Promise<number> {
  const [done] = await Promise.all([operation, shown]);
  return exitCodeOf(tried, done);
}

function terminal(control: WebSocket, typed: WebSocket, ended: Promise<number>, stop: AbortController): Terminal {
  return {
    ended,
    write(bytes) {
      if (typed.readyState === WebSocket.OPEN) typed.send(bytes, { binary: true });
    },
    resize({ columns, rows }) {
      if (control.readyState !== WebSocket.OPEN) return;
      const args = { width: String(columns), height: String(rows) };
      control.send(JSON.stringify({ command: 'window-resize', args }));
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await ended.catch(() => undefined);
    },
  };
}

function startExchange(scope: Scope, tried: string, instance: string, request: TerminalRequest) {
  const { columns, rows } = request.size;
  return {
    tried,
    method: 'POST',
    route: '/1.0/instances/{name}/exec',
    names: { name: instance },
    query: { project: scope.project },
    json: {
      command: request.command,
      environment: request.environment ?? {},
      interactive: true,
      'wait-for-websocket': true,
      'record-output': false,
      width: columns,
      height: rows,
    },
  } as const;
}
