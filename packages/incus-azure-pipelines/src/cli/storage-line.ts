import { formatGib } from '../lib/units.js';
import type { StatusDocument } from '../report/status-document.js';

/** Says that a storage pool cannot copy on write, and what that costs where it was measured. */
export function storageLine({ pool, driver, copyCost }: NonNullable<StatusDocument['storage']>): string {
  const what = `Storage pool "${pool}" (${driver}) cannot copy on write: every instance is a whole copy of its base`;
  const room = copyCost?.bytes === undefined ? '' : ` and ${formatGib(copyCost.bytes)}`;
  const cost = copyCost && `, which took ${(copyCost.ms / 1000).toFixed(1)} s${room}`;
  return `${what}${cost ?? ''}. One of btrfs, zfs or thin LVM makes it at once, and without room.\n`;
}
