import { readFile } from 'node:fs/promises';
import type { ServerInfo } from 'incus-client';

/** Where the ranges of this host stand. */
export const ID_TABLES = ['/etc/subuid', '/etc/subgid'] as const;

/** User ids of an instance with a range of its own. It takes a project without restrictions to give it more. */
const IDS = 65_536;

/**
 * How many instances can have a range of user ids of their own: infinitely many where nothing speaks against it, none where
 * the kernel would have to change the owner of every file of every copy.
 *
 * @param tables where root's ranges stand: {@link ID_TABLES}, or none where Incus is on another host.
 */
export async function isolatedMaps(info: Pick<ServerInfo, 'environment'>, tables: readonly string[]): Promise<number> {
  if (info.environment?.kernel_features?.idmapped_mounts === 'false') return 0;
  const texts = await Promise.all(tables.map(path => readFile(path, 'utf8').catch(() => '')));
  return Math.min(...texts.map(rangesIn));
}

/** Instances that root's ranges have room for, beside those that share the first one; infinitely many where there is none. */
export function rangesIn(table: string): number {
  const sizes = table.split('\n').flatMap(line => {
    const [user, , size] = line.split(':');
    return user === 'root' || user === '0' ? [Number(size)] : [];
  });
  // Without an entry Incus takes a range that is large enough; it uses the first of several.
  const [size = Number.NaN] = sizes;
  return Number.isNaN(size) ? Infinity : Math.max(0, Math.ceil(size / IDS) - 2);
}

/** Why guests have to share one range, or undefined. Instances other than ours may need some, too. */
export function isolationObstacle(maps: number, mostInstances: number): string | undefined {
  if (maps >= mostInstances) return undefined;
  if (maps === 0) return 'root has too few user ids in /etc/subuid, or the kernel cannot map those of mounts';
  return `root has user ids for ${maps} instances in /etc/subuid, and there may be ${mostInstances}`;
}
