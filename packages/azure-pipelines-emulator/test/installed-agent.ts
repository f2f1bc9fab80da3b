/** The stand-in agent, unpacked in a folder of its own and started as its users start it. */

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildStandInPackage } from '../src/standin/package.js';

export interface Ending {
  readonly code: number | null;
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
}

/** A script of the agent that was started. */
export interface Started {
  readonly process: ChildProcess;
  readonly ended: Promise<Ending>;
}

/** Nobody: an agent refuses to run as root. */
const unprivileged = 65534;
const asUnprivileged = ['setpriv', `--reuid=${unprivileged}`, `--regid=${unprivileged}`, '--clear-groups'] as const;

/** The unpacked package, from which agents are installed by hard links: unpacking takes seconds, linking does not. */
export class UnpackedPackage implements Disposable {
  readonly directory: string;

  private constructor(directory: string) {
    this.directory = directory;
  }

  /** Builds the package, or takes it from the cache, and unpacks it. */
  static async unpack(): Promise<UnpackedPackage> {
    const cacheDirectory = fileURLToPath(new URL('../../../.cache/stand-in', import.meta.url));
    const { path } = await buildStandInPackage({ cacheDirectory, pollPauseMs: [0, 0], errorPauseMs: [0, 0] });
    const directory = mkdtempSync(join(tmpdir(), 'stand-in-package-'));
    execFileSync('tar', ['--extract', '--gzip', '--no-same-owner', '--file', path, '--directory', directory]);
    return new UnpackedPackage(directory);
  }

  [Symbol.dispose](): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

export class InstalledAgent implements Disposable {
  readonly directory: string;
  readonly #parent: string;
  readonly #started: ChildProcess[] = [];

  constructor(unpacked: UnpackedPackage) {
    this.#parent = mkdtempSync(join(tmpdir(), 'stand-in-'));
    chmodSync(this.#parent, 0o755);
    this.directory = join(this.#parent, 'agent');
    execFileSync('cp', ['--archive', '--link', unpacked.directory, this.directory]);
    chmodSync(this.directory, 0o755);
    if (process.getuid?.() === 0) chownSync(this.directory, unprivileged, unprivileged);
  }

  /** Starts a script with a clean environment, as somebody other than root. */
  start(script: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}): Started {
    const [program = '', ...rest] = [
      ...(process.getuid?.() === 0 ? asUnprivileged : []),
      join(this.directory, script),
      ...args,
    ];
    const child = spawn(program, rest, {
      cwd: this.directory,
      env: { PATH: process.env.PATH, HOME: this.directory, LANG: 'C.UTF-8', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own, which ends as a whole: a script that is killed leaves the programs that it has started.
      detached: true,
    });
    this.#started.push(child);
    const stdout = collect(child.stdout);
    const stderr = collect(child.stderr);
    const ended = once(child, 'close').then(() => ({ code: child.exitCode, stdout: stdout(), stderr: stderr() }));
    return { process: child, ended };
  }

  /** Runs `config.sh` as a base does: the token in the environment, everything else in arguments. */
  async configure(server: { url: string; token: string }, name: string, ...more: readonly string[]): Promise<Ending> {
    const args = ['--unattended', '--url', server.url, '--auth', 'pat', '--pool', 'default', '--agent', name];
    const environment = { VSTS_AGENT_INPUT_TOKEN: server.token };
    return await this.start('config.sh', [...args, '--work', '_work', '--acceptTeeEula', ...more], environment).ended;
  }

  /** Reads a file of the agent as JSON, its byte order mark removed. */
  json(file: string): unknown {
    return JSON.parse(readFileSync(join(this.directory, file), 'utf8').replace(/^\uFEFF/, ''));
  }

  has(file: string): boolean {
    return existsSync(join(this.directory, file));
  }

  /** Lists the agent's files that hold a text, its own program left out. */
  filesWith(text: string): readonly string[] {
    const args = ['-rlF', '--exclude-dir=externals', '--', text, this.directory];
    try {
      return execFileSync('grep', args, { encoding: 'utf8' }).trim().split('\n');
    } catch {
      return [];
    }
  }

  [Symbol.dispose](): void {
    for (const { pid, exitCode } of this.#started) if (pid !== undefined && exitCode === null) killGroup(pid);
    rmSync(this.#parent, { recursive: true, force: true });
  }
}

function killGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // It has ended in between.
  }
}

function collect(stream: NodeJS.ReadableStream): () => readonly string[] {
  let text = '';
  stream.setEncoding('utf8');
  stream.on('data', chunk => {
    text += String(chunk);
  });
  return () => text.split('\n').filter(line => line !== '');
}
