import { join } from 'node:path';
import { type CountedLine, countInTree } from './count-in-groups.js';
import { CGROUPS, payloadGroup } from './payload-group.js';

const REFUSED: CountedLine = { file: 'pids.events', key: 'max' };

/**
 * Whether the kernel has refused an instance further processes, by this host's own cgroup files, which no guest can write. Also
 * where the limit was one that the guest has set itself. False where the files do not tell.
 *
 * It counts such refusals in the group of the process that was refused, or, with v2 since Linux 6.11, in that of the limit.
 * Source: pids.events in admin-guide/cgroup-v2 of the kernel's documents; v1 has the same file.
 */
export async function isOutOfProcesses(project: string, name: string, root = CGROUPS): Promise<boolean> {
  const group = payloadGroup(project, name);
  if (group === undefined) return false;
  const counts = await Promise.all(
    [join(root, group), join(root, 'pids', group)].map(top => countInTree(top, REFUSED)),
  );
  return counts.some(count => count !== undefined && count > 0);
}
