import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CGROUPS, payloadGroup } from './payload-group.js';

/** What one instance takes. */
export interface Usage {
  /** The kernel's count, which holds files that it could drop, too. */
  readonly memoryBytes: number;
  /** Time of cores since the instance was started. */
  readonly cpuMs: number;
}

/**
 * What an instance takes now, by this host's own cgroup files: it costs Incus nothing. Undefined where they do not tell: Incus is
 * elsewhere, or the instance does not run. Sources: memory.current and cpu.stat in admin-guide/cgroup-v2 of the kernel's documents,
 * memory.usage_in_bytes and cpuacct.usage in admin-guide/cgroup-v1.
 */
export async function usageOf(project: string, name: string, root = CGROUPS): Promise<Usage | undefined> {
  const group = payloadGroup(project, name);
  if (group === undefined) return undefined;
  const read = (...path: readonly string[]) => readFile(join(root, ...path), 'utf8').catch(() => undefined);
  const memory = (await read(group, 'memory.current')) ?? (await read('memory', group, 'memory.usage_in_bytes'));
  const micros = /^usage_usec (\d+)$/m.exec((await read(group, 'cpu.stat')) ?? '')?.[1];
  const nanos = micros === undefined ? await read('cpuacct', group, 'cpuacct.usage') : undefined;
  const memoryBytes = Number(memory ?? 'NaN');
  const cpuMs = micros === undefined ? Number(nanos ?? 'NaN') / 1e6 : Number(micros) / 1e3;
  if (!Number.isFinite(memoryBytes) || !Number.isFinite(cpuMs)) return undefined;
  return { memoryBytes, cpuMs: Math.round(cpuMs) };
}
