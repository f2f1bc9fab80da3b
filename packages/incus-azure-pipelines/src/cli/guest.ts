import { loadConfig } from '../config/load.js';
import { UserError } from '../lib/user-error.js';
import { MARKS } from '../model/marks.js';
import { openIncus } from '../observe/clients.js';
import { nearNames } from '../report/near-names.js';

type Incus = Awaited<ReturnType<typeof openIncus>>;

/** Connects to the Incus of a configuration, as the daemon does. @throws ConfigError or UserError, with its remedy. */
export async function openIncusOf(configPath: string): Promise<Incus> {
  const { spec } = await loadConfig(configPath);
  return openIncus(spec, () => {});
}

/** @throws UserError unless an instance of ours with this name runs. */
export async function expectRunning(incus: Incus, name: string, signal: AbortSignal): Promise<void> {
  const found = await guests(incus, signal);
  const status = found.get(name);
  if (status === 'Running' || status === 'Ready') return;
  if (status !== undefined) throw new UserError(`${name} does not run (Incus shows it as ${status})`);
  const near = nearNames(name, [...found.keys()]);
  const remedy = near.length === 0 ? '"status" lists those that are there' : `near to it: ${near.join(', ')}`;
  throw new UserError(`no agent "${name}" lives in Incus project "${incus.project}"; ${remedy}`);
}

/** Instances that bear an owner's mark, by name: what is not ours is not touched. */
async function guests(incus: Incus, signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
  const all = await incus.instances.list({ signal });
  return new Map(all.flatMap(({ config, name, status }) => (config[MARKS.owner] ? [[name, status]] : [])));
}
