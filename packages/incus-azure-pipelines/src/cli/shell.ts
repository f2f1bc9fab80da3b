import type { ReadStream, WriteStream } from 'node:tty';
import { UserError } from '../lib/user-error.js';
import { expectRunning, openIncusOf } from './guest.js';
import type { Output } from './output.js';
import { stopSignals } from './stop-signals.js';

/** A login shell of root: bash where there is one. */
const SHELL = ['sh', '-c', 'cd; command -v bash >/dev/null && exec bash -l; exec sh -l'];

export interface ShellStreams {
  readonly stdin: ReadStream;
  readonly stdout: WriteStream;
}

/**
 * Opens a shell of root in a guest that lives, on this terminal, which the guest then has to itself: nothing that it shows is
 * made harmless.
 *
 * @throws UserError where there is no terminal or no such guest; IncusError where Incus does not let this caller in.
 */
export async function openShell(
  name: string,
  options: { readonly config: string },
  { complain }: Pick<Output, 'complain'>,
  { stdin, stdout }: ShellStreams = process,
): Promise<void> {
  if (!(stdin.isTTY && stdout.isTTY))
    throw new UserError('shell: there is no terminal here; where a program asks, use: incus exec');
  using stop = stopSignals(() => {});
  try {
    await openUntil(stop.signal, name, options, { complain, stdin, stdout });
  } catch (error) {
    // Told to stop, it has nothing to complain of.
    if (!stop.signal.aborted) throw error;
  }
}

async function openUntil(
  signal: AbortSignal,
  name: string,
  options: { readonly config: string },
  { complain, stdin, stdout }: Pick<Output, 'complain'> & ShellStreams,
): Promise<void> {
  await using incus = await openIncusOf(options.config);
  await expectRunning(incus, name, signal);
  complain(`A shell of root in ${name}, beside its job if it has one. It ends with Ctrl-D.\n`);
  const size = () => ({ columns: stdout.columns, rows: stdout.rows });
  const environment = { TERM: process.env.TERM ?? 'xterm', HISTFILE: '/dev/null' };
  const onOutput = (chunk: Uint8Array) => void stdout.write(chunk);
  await using terminal = await incus.openTerminal(
    name,
    { command: SHELL, environment, size: size(), onOutput },
    { signal },
  );
  const typed = (chunk: Uint8Array) => terminal.write(chunk);
  const resized = () => terminal.resize(size());
  const aborted = new Promise<never>((_, reject) =>
    signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
  );
  // The keyboard of a terminal that is closed fails, and may do so before the signal of it comes.
  const gone = new Promise<never>((_, reject) => void stdin.on('error', reject));
  stdin.setRawMode(true).on('data', typed).resume();
  stdout.on('resize', resized);
  try {
    await Promise.race([terminal.ended, aborted, gone]);
  } finally {
    stdout.off('resize', resized);
    stdin.setRawMode(false).off('data', typed).pause();
  }
}
