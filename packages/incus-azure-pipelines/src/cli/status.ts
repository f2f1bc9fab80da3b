import { systemClock } from '../lib/clock.js';
import { UserError } from '../lib/user-error.js';
import type { StatusDocument } from '../report/status-document.js';
import { askDaemon, callDaemon } from './control.js';
import { formatJson } from './format-json.js';
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
  const path = '/status?usage&queue';
  const ask = async () => (await askDaemon(options.socket, path)) as StatusDocument;
  if (options.watch) {
    if (screen === undefined || options.json)
      throw new UserError('status: --watch redraws a terminal; leave it out where a program reads, and ask again');
    using stop = stopSignals(() => {});
    const show = async () => formatStatus(await ask(), Date.now(), screen().columns);
    await watch(show, { write, screen, clock: systemClock, signal: stop.signal });
    return;
  }
  if (options.json) write(formatJson(await callDaemon(options.socket, 'GET', path)));
  else write(formatStatus(await ask(), Date.now(), screen?.().columns));
}
