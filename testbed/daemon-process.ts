import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { workTree } from './work-tree.js';

/** One line of the daemon's log. */
export type LogLine = Readonly<Record<string, unknown>> & { readonly msg: string };

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The program as it was built last. */
export const PROGRAM = join(workTree(), 'packages/incus-azure-pipelines/bundle/main.js');
const DEADLINE_MS = 120_000;

export interface RunOptions {
  readonly env?: NodeJS.ProcessEnv;
  /** Path of the program, where it is not the one that was built here. */
  readonly program?: string;
  /** After so long it is told to end; two minutes by itself. */
  readonly deadlineMs?: number;
  /** A command that runs the one behind it, such as one that gives it a view of its own of the file system. */
  readonly within?: readonly string[];
}

/** Runs the program with these arguments until it ends. */
export async function runProgram(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const { deadlineMs = DEADLINE_MS, env = process.env } = options;
  const [command, ...rest] = commandLine(args, options);
  const child = spawn(command, rest, { stdio: ['ignore', 'pipe', 'pipe'], env, timeout: deadlineMs });
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  const [code] = await once(child, 'close');
  return { code, stdout: stdout(), stderr: stderr() };
}

/** The daemon as its users run it: a process of its own, whose log is read. */
export class DaemonProcess implements AsyncDisposable {
  readonly log: LogLine[] = [];
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  readonly #stderr: () => string;
  readonly #listeners = new Set<(line: LogLine) => void>();

  constructor(args: readonly string[], options: RunOptions = {}) {
    const { env = process.env } = options;
    const [command, ...rest] = commandLine(args, options);
    const child = spawn(command, rest, { stdio: ['ignore', 'pipe', 'pipe'], env });
    this.#child = child;
    this.#ended = once(child, 'close');
    this.#stderr = collect(child.stderr);
    createInterface({ input: child.stdout }).on('line', text => {
      const line = parseLine(text);
      this.log.push(line);
      for (const listener of this.#listeners) listener(line);
    });
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error('the daemon could not be started');
    return this.#child.pid;
  }

  get stderr(): string {
    return this.#stderr();
  }

  /** Hears of every line from now on; call what it gives back to stop. */
  on(listener: (line: LogLine) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The first line, past or to come, for which `matches` holds. Rejects when the daemon ends before. */
  async seen(matches: (line: LogLine) => boolean): Promise<LogLine> {
    const past = this.log.find(matches);
    if (past !== undefined) return past;
    let off = () => {};
    const found = new Promise<LogLine>(resolve => {
      off = this.on(line => matches(line) && resolve(line));
    });
    const ended = this.#ended.then(() => {
      throw new Error(`the daemon ended: ${this.stderr || JSON.stringify(this.log.at(-1))}`);
    });
    return Promise.race([found, ended]).finally(off);
  }

  /** Sends a signal and gives back the exit code. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill(signal);
    await this.#ended;
    return this.#child.exitCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
  }
}

function commandLine(args: readonly string[], { program = PROGRAM, within = [] }: RunOptions): [string, ...string[]] {
  const [command = program, ...rest] = [...within, program, ...args];
  return [command, ...rest];
}

function parseLine(text: string): LogLine {
  try {
    return JSON.parse(text) as LogLine;
  } catch {
    return { msg: text };
  }
}

function collect(stream: NodeJS.ReadableStream | null): () => string {
  const chunks: string[] = [];
  stream?.setEncoding('utf8').on('data', (chunk: string) => chunks.push(chunk));
  return () => chunks.join('');
}
