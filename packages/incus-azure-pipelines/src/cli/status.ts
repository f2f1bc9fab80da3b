import { systemClock } from '../lib/clock.js';
import { UserError } from '../lib/user-error.js';
import type { StatusDocument } from '../report/status-document.js';
import { callDaemon } from './control.js';
import { formatStatus } from './format-status.js';
import type { Output } from './output.js';
import { stopSignals } from './stop-signals.js';
import { watch } from './watch.js';

interface Options {
  readonly socket: string;
  readonly json?: boolean;
  readonly watch?: boolean;
}

/**
 * Shows what the daemon saw and decided in its last pass, once or, on a terminal, until it is told to stop.
 *
 * @throws UserError when there is no terminal to watch it on.
 */
export async function printStatus(options: Options, { write, screen }: Output): Promise<void> {
  const ask = async () => (await callDaemon(options.socket, 'GET', '/status?usage&queue')) as StatusDocument;
  if (options.watch) {
    if (screen === undefined || options.json)
      throw new UserError('status: --watch redraws a terminal; leave it out where a program reads, and ask again');
    using stop = stopSignals(() => {});
    const show = async () => formatStatus(await ask(), Date.now(), screen().columns);
    await watch(show, { write, screen, clock: systemClock, signal: stop.signal });
    return;
  }
  const status = await ask();
  if (options.json) write(`${JSON.stringify(status, undefined, 2)}\n`);
  else write(formatStatus(status, Date.now(), screen?.().columns));
}
