import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CGROUPS, payloadGroup } from './payload-group.js';

/**
 * Bytes that the kernel lets an instance have, by this host's own cgroup files, which no guest can write: infinitely many where
 * it keeps no limit, or has no memory in its groups, as with `cgroup_disable=memory`. Undefined where this host does not show the
 * groups of the instance.
 *
 * Sources: memory.max in admin-guide/cgroup-v2, memory.limit_in_bytes in admin-guide/cgroup-v1 of the kernel's documents.
 */
export async function memoryLimitOf(project: string, name: string, root = CGROUPS): Promise<number | undefined> {
  const group = payloadGroup(project, name);
  if (group === undefined) return undefined;
  for (const file of [join(group, 'memory.max'), join('memory', group, 'memory.limit_in_bytes')]) {
    const text = await readFile(join(root, file), 'utf8').catch(() => '');
    if (text !== '') return text.trim() === 'max' ? Number.POSITIVE_INFINITY : Number(text);
  }
  const groups = ['', 'unified', 'pids'].map(hierarchy => access(join(root, hierarchy, group)));
  return await Promise.any(groups).then(
    () => Number.POSITIVE_INFINITY,
    () => undefined,
  );
}
