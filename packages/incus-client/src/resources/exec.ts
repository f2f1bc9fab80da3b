import type { WebSocket } from 'ws';
import { type CallOptions, deadlines, withDeadline } from '../deadline.js';
import { exitCodeOf, streamSecrets } from '../exec-operation.js';
import { OutputReader } from '../output-reader.js';
import type { Scope } from '../scope.js';
import { feedStdin, type Stdin } from '../stdin.js';
import { succeeded } from '../wait.js';
import { openWebSocket } from '../websocket.js';
import type { Operation } from '../wire/operation.js';

/**
 * A command to run in an instance. `command` and `environment` are broadcast in events: pass secrets by `stdin`.
 */
export interface ExecRequest {
  readonly command: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Numeric. Given one other than 0, the command has no HOME and no supplementary groups. */
  readonly user?: number;
  readonly group?: number;
  /** One that is missing is silently `/`. */
  readonly cwd?: string;
  readonly stdin?: Stdin;
  readonly onStdout?: (chunk: Uint8Array) => void;
  readonly onStderr?: (chunk: Uint8Array) => void;
  /** Takes no input and keeps no output, for two calls in place of six; aborting then leaves the command alone. */
  readonly withoutStreams?: boolean;
  /** How much of each stream the result keeps; default 1 MiB. */
  readonly maxOutputBytes?: number;
}

export interface ExecResult {
  /** 128 + N when signal N ended it. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /**
   * More was written than the result holds, or a stream broke off before its end mark: the daemon (6.0.4) at times closes the
   * streams of a command that ends at once while others begin.
   */
  readonly truncated: boolean;
}

export type Exec = (instance: string, request: ExecRequest, options?: CallOptions) => Promise<ExecResult>;

const defaultMaxOutputBytes = 1024 * 1024;

/**
 * Makes `exec`: `POST /1.0/instances/{name}/exec` and its four websockets. An exit code other than 0 is a result, not an
 * error. Aborting, or running out of time, kills the command: the daemon does so when the control socket closes.
 *
 * @throws IncusError `invalid` when there is no such command, `conflict` when the instance does not run.
 */
export function makeExec(scope: Scope): Exec {
  return async (instance, request, options) => {
    const tried = `run ${JSON.stringify(request.command[0] ?? '')} in instance "${instance}"`;
    return await withDeadline(tried, options, deadlines.execMs, signal => run(scope, tried, instance, request, signal));
  };
}

async function run(scope: Scope, tried: string, instance: string, request: ExecRequest, signal: AbortSignal) {
  const { transport } = scope;
  const { envelope } = await transport.call<Operation>(startExchange(scope, tried, instance, request), signal);
  const { id } = envelope.metadata;
  if (request.withoutStreams === true) {
    const done = await succeeded(transport, tried, id, signal);
    return { exitCode: exitCodeOf(tried, done), stdout: '', stderr: '', truncated: false };
  }
  const fds = streamSecrets(tried, envelope.metadata);
  const keep = request.maxOutputBytes ?? defaultMaxOutputBytes;
  const stdout = new OutputReader(keep, request.onStdout);
  const stderr = new OutputReader(keep, request.onStderr);
  const ended = new AbortController();
  const live = AbortSignal.any([signal, ended.signal]);
  const to = { tried, route: '/1.0/operations/{id}/websocket', names: { id } };
  const open = (secret: string, reader?: OutputReader) => {
    const attach = (socket: WebSocket) => {
      socket.on('message', (content: Buffer, isBinary: boolean) => reader?.take(content, isBinary));
      socket.once('close', () => reader?.close());
    };
    return openWebSocket(transport, { ...to, query: { secret }, attach }, live);
  };
  try {
    // The daemon starts the command as soon as the other three are there, and refuses a control socket once it has ended.
    await open(fds.control);
    // In parallel, since the daemon waits five seconds at most.
    const [stdin] = await Promise.all([open(fds['0']), open(fds['1'], stdout), open(fds['2'], stderr)]);
    const output = Promise.all([stdout.ended, stderr.ended]);
    const [operation] = await Promise.race([
      Promise.all([succeeded(transport, tried, id, live), output]),
      feedThenNever(stdin, request.stdin, ended.signal),
      rejectWhenAborted(signal),
    ]);
    return resultOf(tried, operation, stdout, stderr);
  } finally {
    ended.abort();
  }
}

function startExchange(scope: Scope, tried: string, instance: string, request: ExecRequest) {
  return {
    tried,
    method: 'POST',
    route: '/1.0/instances/{name}/exec',
    names: { name: instance },
    query: { project: scope.project },
    json: {
      command: request.command,
      environment: request.environment ?? {},
      interactive: false,
      'wait-for-websocket': request.withoutStreams !== true,
      'record-output': false,
      user: request.user ?? 0,
      group: request.group ?? 0,
      cwd: request.cwd ?? '',
    },
  } as const;
}

/** Settles only when the caller's input fails; the end of the command is the operation's word. */
async function feedThenNever(socket: WebSocket, stdin: Stdin | undefined, ended: AbortSignal): Promise<never> {
  await feedStdin(socket, stdin, ended);
  return await new Promise<never>(() => undefined);
}

function rejectWhenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

function resultOf(tried: string, operation: Operation, stdout: OutputReader, stderr: OutputReader): ExecResult {
  const exitCode = exitCodeOf(tried, operation);
  return { exitCode, stdout: stdout.text(), stderr: stderr.text(), truncated: stdout.truncated || stderr.truncated };
}
