/** Incus projects and networks that say which process made them, so that the next one can sweep after a crash. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type IncusClient, ignoreNotFound, isIncusError, type StringMap } from 'incus-client';
import { removeControlGroups } from './control-groups.js';
import { despitePassingInterfaces } from './passing-interfaces.js';
import { identifyProcess, isRunning, type ProcessIdentity } from './process-identity.js';

const ownerKey = 'user.iap.testbed.owner';
const removalMs = 120_000;

/** The configuration key by which something in Incus names this process as its owner. */
export function ownerMark(): StringMap {
  return { [ownerKey]: JSON.stringify(identifyProcess(process.pid)) };
}

/**
 * Deletes a project with all that is in it: instances, and images where it has its own. One that is not there is fine.
 *
 * @throws IncusError when something refuses to go for two minutes.
 */
export async function removeProject(root: IncusClient, name: string): Promise<void> {
  await emptyProject(root, name, async () => {
    await ignoreNotFound(root.projects.delete(name));
  });
  await removeControlGroups(guest => guest.startsWith(`${name}_`));
}

/**
 * Deletes all that is in a project. What a killed client had begun may still finish, so it looks again until nothing comes
 * up any more, and what is done `then` goes through.
 */
export async function emptyProject(root: IncusClient, name: string, then = async () => {}): Promise<void> {
  const giveUpAt = performance.now() + removalMs;
  const incus = root.withProject(name);
  const project = await ignoreNotFound(root.projects.get(name));
  if (project === undefined) return;
  const { config } = project.project;
  const ownImages = config['features.images'] !== 'false';
  const ownProfiles = config['features.profiles'] !== 'false';
  for (;;) {
    try {
      await Promise.all((await incus.instances.names()).map(instance => removeInstance(incus, instance)));
      if (ownImages) for (const image of await incus.images.list()) await incus.images.delete(image.fingerprint);
      for (const { name: profile } of ownProfiles ? await incus.profiles.list() : [])
        if (profile !== 'default') await ignoreNotFound(incus.profiles.delete(profile));
      await then();
      return;
    } catch (error) {
      if (!isIncusError(error) || error.kind === 'unreachable' || performance.now() > giveUpAt) throw error;
      await sleep(200);
    }
  }
}

/** Deletes the projects and networks of processes that have ended, and lists what it deleted as words for a person. */
export async function sweepAbandoned(root: IncusClient): Promise<string[]> {
  const swept: string[] = [];
  for (const project of await root.projects.list()) {
    if (!isAbandoned(project.config)) continue;
    await removeProject(root, project.name);
    swept.push(`project ${project.name}`);
  }
  for (const network of await root.server.networks.list()) {
    if (!isAbandoned(network.config)) continue;
    await despitePassingInterfaces(() => ignoreNotFound(root.server.networks.delete(network.name)));
    swept.push(`network ${network.name}`);
  }
  return swept;
}

async function removeInstance(incus: IncusClient, name: string): Promise<void> {
  await ignoreNotFound(incus.instances.stop(name, { force: true }));
  await ignoreNotFound(incus.instances.delete(name));
}

function isAbandoned(config: StringMap): boolean {
  const mark = config[ownerKey];
  return mark !== undefined && !isRunning(JSON.parse(mark) as ProcessIdentity);
}
