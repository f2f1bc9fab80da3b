import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CGROUPS, payloadGroup } from './payload-group.js';

/** A guest makes as many cgroups below its own as it likes; one with systemd and docker has some dozens. */
const MOST_GROUPS = 1_000;

/**
 * How many processes of an instance the kernel has killed for want of memory, by this host's own cgroup files, which
 * everybody may read and no guest can write. Undefined where they do not tell: Incus is elsewhere, the instance does not run.
 *
 * Never too many. With cgroup v2 the kernel counts for the whole instance. With v1 it counts in each group alone: what was
 * killed in one that is removed, closed to us, or beyond a thousand others, is missed; a zero is told only where all was read.
 * Sources: memory.events in admin-guide/cgroup-v2 and memory.oom_control in admin-guide/cgroup-v1 of the kernel's documents.
 */
export async function memoryKillsOf(project: string, name: string, root = CGROUPS): Promise<number | undefined> {
  const group = payloadGroup(project, name);
  if (group === undefined) return undefined;
  const whole = await killsIn(join(root, group, 'memory.events'));
  return whole ?? sumOfTree(join(root, 'memory', group));
}

async function sumOfTree(top: string): Promise<number | undefined> {
  const waiting = [top];
  let sum = 0;
  let isWhole = true;
  for (let read = 0; read < MOST_GROUPS; read++) {
    const directory = waiting.shift();
    if (directory === undefined) break;
    const [kills, within] = await Promise.all([killsIn(join(directory, 'memory.oom_control')), groupsIn(directory)]);
    sum += kills ?? 0;
    isWhole &&= kills !== undefined && within !== undefined;
    waiting.push(...(within ?? []));
  }
  return sum > 0 || (isWhole && waiting.length === 0) ? sum : undefined;
}

async function groupsIn(directory: string): Promise<readonly string[] | undefined> {
  const found = await readdir(directory, { withFileTypes: true }).catch(() => undefined);
  return found?.filter(entry => entry.isDirectory()).map(entry => join(directory, entry.name));
}

async function killsIn(file: string): Promise<number | undefined> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const count = /^oom_kill (\d+)$/m.exec(text)?.[1];
  return count === undefined ? undefined : Number(count);
}
