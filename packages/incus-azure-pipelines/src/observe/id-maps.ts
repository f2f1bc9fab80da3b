import { readFile } from 'node:fs/promises';
import type { ServerInfo } from 'incus-client';

/** User ids that Incus gives to an instance of its own range. */
const IDS = 65_536;

/**
 * How many instances can have a range of user ids of their own: infinitely many where nothing speaks against it, none where
 * the kernel would have to change the owner of every file of every copy.
 *
 * @param tables where root's ranges stand; those of this host.
 */
export async function isolatedMaps(
  info: Pick<ServerInfo, 'environment'>,
  tables: readonly string[] = ['/etc/subuid', '/etc/subgid'],
): Promise<number> {
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
