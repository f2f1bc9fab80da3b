import { loadConfig } from '../config/load.js';
import { makeDaemon } from '../daemon.js';
import { findInstallation, imagineInstallation } from '../lib/installation.js';
import { openIncus } from '../observe/clients.js';
import { readHostPaths } from '../observe/host-paths.js';
import { type PlanDocument, planDocument } from '../report/plan-document.js';
import { statusOf } from '../report/status.js';
import { formatJson } from './format-json.js';
import type { Output } from './output.js';
import { overcommitment, sayOvercommitment } from './overcommitment.js';
import { storageLine } from './storage-line.js';
import { table } from './table.js';

const DEADLINE_MS = 120_000;

/**
 * Looks at Incus and Azure once and prints what a daemon would do next. A plan is data: nothing is done, made or locked,
 * so that it can be asked beside a daemon that runs, and before the first one has.
 */
export async function printPlan(
  options: { readonly config: string; readonly json?: boolean },
  { screen, write }: Output,
): Promise<void> {
  const signal = AbortSignal.timeout(DEADLINE_MS);
  const config = await loadConfig(options.config);
  const { pools, stateDirectory } = config.spec;
  const found = await findInstallation(stateDirectory);
  const installation = found ?? imagineInstallation(stateDirectory);
  await using daemon = await makeDaemon(config, signal, { installation });
  const pass = await daemon.look(signal);
  if (!pass.observed.agents.known) throw new Error(`look at the instances: ${pass.observed.agents.error}`);
  const status = statusOf(pools, pass, spec => daemon.pools.azureOf(spec), daemon);
  await using incus = await openIncus(config.spec, () => {});
  const seen = await readHostPaths(incus, pools, signal);
  const document = planDocument(pass.plan, status, found !== undefined, seen, overcommitment(config.spec));
  write(options.json ? formatJson(document) : formatPlan(document, stateDirectory, screen?.().columns));
}

/** The plan as a person reads it, on a terminal of `width` columns or, without, of any. */
export function formatPlan(
  { owner, actions, hostPaths = [], overcommitment: most, pools, storage, unnamedHostPaths = [] }: PlanDocument,
  stateDirectory: string,
  width?: number,
): string {
  const rows = actions.map(({ pool, action, on, reason }) => [pool, action, on, reason]);
  const lines = [rows.length === 0 ? 'Nothing to do.\n' : table(['pool', 'action', 'on', 'reason'], rows, width)];
  if (storage !== undefined) lines.push(storageLine(storage));
  for (const { path, pool, profile, source } of hostPaths) {
    const as = path === source ? '' : ` as ${path}`;
    lines.push(`${pool}: guests see ${source} of this host${as}${profile ? `, by profile "${profile}"` : ''}.\n`);
  }
  for (const { by, pool, what } of unnamedHostPaths)
    lines.push(`${pool}: by ${by} guests see more of this host: ${what}.\n`);
  for (const { name, registration, waiting, azureError } of pools) {
    if (waiting !== undefined) lines.push(`${name} waits: ${waiting}\n`);
    if (azureError !== undefined) lines.push(`${name}: Azure cannot be read: ${azureError}\n`);
    if (registration === 'probing') lines.push(`${name}: the server is first asked who may register its agents.\n`);
  }
  if (owner === undefined)
    lines.push(`No daemon has begun in ${stateDirectory}: the first one makes an owner of its own, and other names.\n`);
  for (const line of sayOvercommitment(most)) lines.push(`${line}\n`);
  return lines.join('');
}
