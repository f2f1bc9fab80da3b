/** A script in a bash of its own, in a process group of its own. */

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { type ProcessGroups, signalGroup } from './process-groups.js';

export interface ScriptRun {
  readonly scriptPath: string;
  readonly workingDirectory: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly onLine: (line: string) => void;
  /** Aborted when the script is to end: its whole group is interrupted, then terminated, then killed. */
  readonly signal: AbortSignal;
  /** Learns the script's group, in which children may live on. */
  readonly groups: ProcessGroups;
}

const interruptMs = 7500;
const terminateMs = 2500;
const openOutputMs = 5000;

/** Runs a script file to its end and returns its exit code, undefined when a signal ended it. A child that keeps the output open is waited for at most five seconds. */
export async function runScript(run: ScriptRun): Promise<number | undefined> {
  const child = spawn('bash', ['--noprofile', '--norc', run.scriptPath], {
    cwd: run.workingDirectory,
    env: run.environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const group = child.pid;
  run.groups.add(group);
  const outputs = Promise.all([readLines(child.stdout, run.onLine), readLines(child.stderr, run.onLine)]);
  const exited = new Promise<number | undefined>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', code => resolve(code ?? undefined));
  });
  const ending = new GroupEnding(group);
  const onAbort = (): void => ending.begin();
  if (run.signal.aborted) onAbort();
  else run.signal.addEventListener('abort', onAbort, { once: true });
  try {
    const exitCode = await exited;
    // What bash started in the background ignores an interrupt, and would keep the output open.
    if (run.signal.aborted) signalGroup(group, 'SIGKILL');
    await within(outputs, openOutputMs);
    return exitCode;
  } finally {
    run.signal.removeEventListener('abort', onAbort);
    ending.stop();
    child.stdout.destroy();
    child.stderr.destroy();
  }
}

class GroupEnding {
  readonly #group: number | undefined;
  readonly #timers: NodeJS.Timeout[] = [];

  constructor(group: number | undefined) {
    this.#group = group;
  }

  begin(): void {
    signalGroup(this.#group, 'SIGINT');
    this.#timers.push(
      setTimeout(() => signalGroup(this.#group, 'SIGTERM'), interruptMs),
      setTimeout(() => signalGroup(this.#group, 'SIGKILL'), interruptMs + terminateMs),
    );
  }

  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }
}

async function readLines(output: Readable, onLine: (line: string) => void): Promise<void> {
  const lines = createInterface({ input: output, crlfDelay: Number.POSITIVE_INFINITY });
  lines.on('line', onLine);
  await new Promise<void>(resolve => {
    lines.once('close', resolve);
  });
}

async function within(promise: Promise<unknown>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const elapsed = new Promise<void>(resolve => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([promise, elapsed]);
  clearTimeout(timer);
}
