import { readdirSync, readFileSync } from 'node:fs';
import { readdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';

const ROOT = '/sys/fs/cgroup';
/** The group of a guest, and that of its monitor, by the guest's name as LXC has it: with its project, but for the default one. */
const OF_GUEST = /^lxc\.(?:payload|monitor)\.(.+)$/;
/** A guest of a scenario. */
const OF_SCENARIO = /^iap-[0-9a-f]{6}_/;

/**
 * Removes the control groups of guests that are meant. LXC leaves them behind where it was killed, and at times where a process of
 * the guest was slow to go. Those in use refuse to be removed.
 */
export async function removeControlGroups(isMeant: (guest: string) => boolean): Promise<void> {
  for (const group of groupsOf(isMeant)) await removeEmptyTree(group);
}

/** Lists the control groups that guests of scenarios have left: no process is in them. */
export function leftControlGroups(): string[] {
  return groupsOf(guest => OF_SCENARIO.test(guest)).filter(isWithoutProcess);
}

function groupsOf(isMeant: (guest: string) => boolean): string[] {
  return hierarchies().flatMap(top =>
    foldersIn(top)
      .filter(name => isMeant(OF_GUEST.exec(name)?.[1] ?? ''))
      .map(name => join(top, name)),
  );
}

/** Where groups begin: one place with cgroup v2, one for each controller with v1. */
function hierarchies(): string[] {
  return [ROOT, ...foldersIn(ROOT).map(name => join(ROOT, name))];
}

function isWithoutProcess(group: string): boolean {
  return (
    readText(join(group, 'cgroup.procs')) === '' && foldersIn(group).every(name => isWithoutProcess(join(group, name)))
  );
}

function foldersIn(directory: string): string[] {
  try {
    const entries = readdirSync(directory, { withFileTypes: true });
    return entries.filter(entry => entry.isDirectory()).map(entry => entry.name);
  } catch {
    return [];
  }
}

/** What a group's file says; undefined where the group has gone meanwhile. */
function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

async function removeEmptyTree(directory: string): Promise<void> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) if (entry.isDirectory()) await removeEmptyTree(join(directory, entry.name));
  await rmdir(directory).catch(() => undefined);
}
