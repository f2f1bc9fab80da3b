import { loadConfig } from '../config/load.js';
import { findInstallation, type Installation, installationOf, setOwner } from '../lib/installation.js';
import { claim } from '../lib/single.js';
import { UserError } from '../lib/user-error.js';
import { openIncusToMend } from '../observe/clients.js';
import { type Holding, holdingsIn } from '../observe/owners.js';
import { formatJson } from './format-json.js';
import type { Output } from './output.js';
import { table } from './table.js';

const DEADLINE_MS = 60_000;

export interface AdoptOptions {
  readonly config: string;
  readonly owner?: string;
  readonly json?: boolean;
}

/**
 * Takes back the instances of an installation whose state directory was lost: their owner id becomes this one's. Without
 * an id, lists the owners that the Incus project has; as JSON, `owner` is this installation's, if it has one.
 *
 * @throws UserError when a daemon of this installation or of that owner runs, when nothing in the project has that owner, or when this
 *   installation has agents of its own, which would then be nobody's.
 */
export async function adopt({ config: path, json, owner }: AdoptOptions, { write }: Output): Promise<void> {
  const { spec } = await loadConfig(path);
  const mine = await findInstallation(spec.stateDirectory);
  await using incus = await openIncusToMend(spec, () => {});
  const signal = AbortSignal.timeout(DEADLINE_MS);
  const { project } = await incus.projects.get(spec.project, { signal });
  const holdings = holdingsIn(await incus.instances.list({ signal }), project);
  if (owner === undefined) {
    write(json ? formatJson({ owner: mine?.ownerId, holdings }) : formatHoldings(holdings, mine));
    return;
  }
  refuseFor(owner, holdings, mine, spec.project);
  await using _mine = mine && (await claim(mine));
  const adopted = installationOf(spec.stateDirectory, owner);
  const busy = (pid: string) =>
    new UserError(`adopt: a daemon of the owner ${owner} already runs, process ${pid}; stop it first`);
  await using _adopted = mine?.ownerId === owner ? undefined : await claim(adopted, busy);
  await setOwner(spec.stateDirectory, owner);
  if (json) write(formatJson({ owner }));
  else write(`Adopted ${owner}: start the daemon, and it goes on with the agents that it finds.\n`);
}

/** The owners as a person reads them. */
export function formatHoldings(holdings: readonly Holding[], mine: Installation | undefined): string {
  if (holdings.length === 0) return 'Nothing in the project has an owner.\n';
  const rows = holdings.map(({ agents, bases, ownerId }) => [
    ownerId,
    String(agents),
    String(bases),
    ownerId === mine?.ownerId ? 'this installation' : '',
  ]);
  return table(['owner', 'agents', 'bases', ''], rows);
}

function refuseFor(owner: string, holdings: readonly Holding[], mine: Installation | undefined, project: string): void {
  if (!holdings.some(({ ownerId }) => ownerId === owner))
    throw new UserError(
      `adopt: nothing in Incus project "${project}" has the owner ${owner}; "adopt" without --owner lists who is there`,
    );
  const own = holdings.find(({ ownerId }) => ownerId === mine?.ownerId && ownerId !== owner);
  if (own !== undefined && own.agents > 0)
    throw new UserError(
      `adopt: this installation has ${own.agents} agents of its own, which would be lost; run "drain --wait" first`,
    );
}
