/** A program that prints a token. */

import { spawn } from 'node:child_process';
import { Secret } from '../secret.js';
import { foreignWords } from './foreign-words.js';
import type { TokenSource } from './identity.js';
import { tokenExpiry } from './token-expiry.js';

export interface TokenCommand {
  readonly kind: TokenSource['kind'];
  /** The program, found as a shell finds it or by its path, and its arguments, as they are: no shell reads them. */
  readonly argv: readonly [string, ...string[]];
  readonly deadlineMs: number;
}

/** Tokens are some kB at most; what prints more is another program. */
const MOST_BYTES = 65_536;

/** What it leaves behind may hold its output open. What it has printed itself is read within this time. */
const GRACE_MS = 500;

/** Tokens that a program prints, alone, on its standard output. */
export function commandSource(command: TokenCommand): TokenSource {
  const [program] = command.argv;
  return {
    kind: command.kind,
    isKept: true,
    async ask(signal) {
      const { problem, stdout } = await run(command, signal);
      const token = stdout.trim();
      const why =
        problem ??
        (token === '' ? 'it printed nothing' : /\s/.test(token) ? 'it printed more than one word' : undefined);
      if (why === undefined) return { secret: new Secret(token), expiresAt: tokenExpiry(token) };
      throw new Error(`run ${program} for a token: ${why}; call it yourself, as the user that this program runs as`);
    },
  };
}

interface Outcome {
  readonly stdout: string;
  /** Undefined where it ended well. */
  readonly problem: string | undefined;
}

function run({ argv: [program, ...rest], deadlineMs }: TokenCommand, signal: AbortSignal): Promise<Outcome> {
  return new Promise(resolve => {
    // A group of its own, so that its end is the end of all that stays in it.
    const child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    let stdout = '';
    let stderr = '';
    let problem: string | undefined;
    let grace: NodeJS.Timeout | undefined;
    const close = () => {
      child.stdout.destroy();
      child.stderr.destroy();
    };
    const end = (why: string) => {
      problem ??= why;
      if (child.pid !== undefined) killGroup(child.pid);
      // What has left the group lives on.
      close();
    };
    const stop = () => end('it was stopped');
    const timer = setTimeout(() => end(`it did not end within ${deadlineMs / 1000} s`), deadlineMs);
    signal.addEventListener('abort', stop, { once: true });
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      if (stdout.length > MOST_BYTES) end(`it printed more than ${MOST_BYTES} bytes`);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (stderr.length < MOST_BYTES) stderr += text;
    });
    const settle = (why?: string) => {
      clearTimeout(timer);
      clearTimeout(grace);
      signal.removeEventListener('abort', stop);
      resolve({ stdout, problem: problem ?? why });
    };
    child.once('error', error =>
      settle('code' in error ? `it cannot be started (${String(error.code)})` : error.message),
    );
    child.once('exit', () => {
      clearTimeout(timer);
      grace = setTimeout(close, GRACE_MS);
    });
    child.once('close', (code, by) => {
      const said = foreignWords(stderr, [stdout.trim()]);
      const how = code === null ? `it was ended by ${by}` : `it ended with ${code}`;
      settle(code === 0 ? undefined : `${how}${said === '' ? '' : `, saying "${said}"`}`);
    });
    if (signal.aborted) stop();
  });
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
