import { callDaemon } from './control.js';
import type { Output } from './output.js';

/** Sets or takes back the wish to drain one pool, or all. */
export async function wishFor(
  verb: 'drain' | 'resume',
  pool: string | undefined,
  options: { readonly socket: string },
  { write }: Output,
): Promise<void> {
  const query = pool === undefined ? '' : `?pool=${encodeURIComponent(pool)}`;
  await callDaemon(options.socket, 'POST', `/${verb}${query}`);
  const what = pool === undefined ? 'All pools' : `Pool ${pool}`;
  write(
    verb === 'drain'
      ? `${what}: no new agents; running jobs end by themselves. Watch it with "status", take it back with "resume".\n`
      : `${what}: agents are made again.\n`,
  );
}
