import { join } from 'node:path';
import { countIn, countInTree } from './count-in-groups.js';
import { CGROUPS, payloadGroup } from './payload-group.js';

/**
 * How many processes of an instance the kernel has killed for want of memory, by this host's own cgroup files, which
 * everybody may read and no guest can write. Undefined where they do not tell: Incus is elsewhere, the instance does not run.
 *
 * Never too many. With cgroup v2 the kernel counts for the whole instance. With v1 it counts in each group alone.
 * Sources: memory.events in admin-guide/cgroup-v2 and memory.oom_control in admin-guide/cgroup-v1 of the kernel's documents.
 */
export async function memoryKillsOf(project: string, name: string, root = CGROUPS): Promise<number | undefined> {
  const group = payloadGroup(project, name);
  if (group === undefined) return undefined;
  const whole = await countIn(join(root, group), { file: 'memory.events', key: 'oom_kill' });
  return whole ?? countInTree(join(root, 'memory', group), { file: 'memory.oom_control', key: 'oom_kill' });
}
