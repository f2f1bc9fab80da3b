import { loadConfig } from '../config/load.js';
import { makeDaemon } from '../daemon.js';
import { actionStatus } from '../report/status.js';
import type { Output } from './output.js';
import { table } from './table.js';

/** Looks at Incus and Azure once and prints what would be done now. A plan is data; nothing is done. */
export async function printPlan(
  options: { readonly config: string; readonly json?: boolean },
  { write }: Output,
): Promise<void> {
  const signal = AbortSignal.timeout(120_000);
  await using daemon = await makeDaemon(await loadConfig(options.config), signal);
  await daemon.look(signal);
  const plan = daemon.reconciler.last?.plan;
  const actions = (plan?.actions ?? []).map(action => ({ pool: action.pool, ...actionStatus(action) }));
  if (options.json) {
    write(`${JSON.stringify({ actions }, undefined, 2)}\n`);
    return;
  }
  const rows = actions.map(({ pool, action, on, reason }) => [pool, action, on, reason]);
  write(rows.length === 0 ? 'Nothing to do.\n' : table(['pool', 'action', 'on', 'reason'], rows));
  for (const [pool, { waiting }] of plan?.pools ?? []) if (waiting) write(`${pool} waits: ${waiting}\n`);
}
