import { spawn } from 'node:child_process';

/** What a command may be given, beyond its arguments. */
export interface RunCommandOptions {
  readonly signal?: AbortSignal | undefined;
  /** The command is ended after this time. */
  readonly deadlineMs?: number;
  /** Replaces the environment of this process when set. */
  readonly env?: NodeJS.ProcessEnv;
  /** What the command reads from its standard input; nothing by default. */
  readonly input?: string;
}

const killGraceMs = 5_000;
const keptBytes = 64 * 1024 * 1024;

/**
 * Runs a command without a shell and returns what it wrote to its standard output.
 *
 * The command leads a process group of its own: a Ctrl-C in the terminal does not reach it behind our back, and an
 * abort or the deadline ends its children too.
 *
 * @throws Error with the command and its last words when it cannot start, fails, is aborted or takes too long.
 */
export function runCommand(command: string, args: readonly string[], options: RunCommandOptions = {}): Promise<string> {
  options.signal?.throwIfAborted();
  const deadlineMs = options.deadlineMs ?? 60_000;
  const child = spawn(command, args, {
    detached: true,
    stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    ...(options.env === undefined ? {} : { env: options.env }),
  });
  return new Promise((resolve, reject) => {
    const output: Buffer[] = [];
    let outputBytes = 0;
    let complaint = '';
    let stopReason: unknown;
    let killTimer: NodeJS.Timeout | undefined;

    const stop = (reason: unknown): void => {
      if (stopReason !== undefined) return;
      stopReason = reason;
      signalGroup(child.pid, 'SIGTERM');
      killTimer = setTimeout(() => signalGroup(child.pid, 'SIGKILL'), killGraceMs);
    };
    const onAbort = (): void => stop(options.signal?.reason);
    const deadline = setTimeout(() => stop(new Error(`it took longer than ${deadlineMs / 1000} s`)), deadlineMs);
    const settle = (): void => {
      clearTimeout(deadline);
      clearTimeout(killTimer);
      options.signal?.removeEventListener('abort', onAbort);
    };

    options.signal?.addEventListener('abort', onAbort, { once: true });
    child.stdout?.on('data', (chunk: Buffer) => {
      outputBytes += chunk.length;
      if (outputBytes > keptBytes) stop(new Error('it wrote more than can be kept'));
      else output.push(chunk);
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      complaint = (complaint + text).slice(-4_000);
    });
    // A command may end without reading all of its input; its exit code says whether that mattered.
    child.stdin?.on('error', () => undefined).end(options.input);
    child.once('error', cause => {
      settle();
      reject(new Error(`run "${command}": ${cause.message}`, { cause }));
    });
    child.once('close', (code, killedBy) => {
      settle();
      if (options.signal?.aborted && stopReason === options.signal.reason) return reject(stopReason);
      if (stopReason === undefined && code === 0) return resolve(Buffer.concat(output).toString('utf8'));
      const why = stopReason instanceof Error ? stopReason.message : `it ended with ${code ?? killedBy}`;
      reject(new Error(`run "${[command, ...args].join(' ')}": ${why}\n${complaint.trim()}`.trim()));
    });
  });
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // The group has ended already.
  }
}
