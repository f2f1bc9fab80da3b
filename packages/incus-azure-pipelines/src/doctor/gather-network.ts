/** Finds out about the network of the profile, and about who has addresses of it. */
import { type IncusClient, ignoreNotFound, type Project } from 'incus-client';
import type { NetworkFacts } from './facts.js';

interface Standing {
  readonly project: Project | undefined;
  /** Whether this client is shown all projects, and not those alone that it is confined to. */
  readonly seesAll: boolean;
}

/** Reads the network that the device is on; undefined where this client is not shown it. @throws IncusError */
export async function gatherNetwork(
  incus: IncusClient,
  nic: Readonly<Record<string, string>>,
  standing: Standing,
  signal: AbortSignal,
): Promise<NetworkFacts | undefined> {
  const name = nic.network ?? nic.parent;
  if (name === undefined) return undefined;
  const { config, managed, type } = await incus.server.networks.get(name, { signal });
  // Whoever may not change a network is not shown its keys.
  if (managed && config['ipv4.address'] === undefined) return undefined;
  const count = async () => {
    let given = 0;
    for (const project of await sharersOf(incus, standing, signal)) {
      // A project may go meanwhile.
      const leases = await ignoreNotFound(incus.withProject(project).server.networks.leases(name, { signal }));
      given += leases?.filter(isFromRange).length ?? 0;
    }
    return given;
  };
  const isCounted = managed && (standing.seesAll || hasOwnNetworks(standing.project));
  return { name, managed, type, config, leases: isCounted ? await count().catch(() => undefined) : undefined };
}

/** Projects whose instances may be on it: Incus tells the addresses of each apart. */
async function sharersOf(
  { projects }: IncusClient,
  { project }: Standing,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (project !== undefined && hasOwnNetworks(project)) return [project.name];
  return (await projects.list({ signal })).filter(one => !hasOwnNetworks(one)).map(({ name }) => name);
}

/** Others use the networks of project `default`. */
function hasOwnNetworks(project: Project | undefined): boolean {
  return project !== undefined && project.name !== 'default' && project.config['features.networks'] === 'true';
}

function isFromRange({ address, type }: { readonly address: string; readonly type: string }): boolean {
  return type === 'dynamic' && !address.includes(':');
}
