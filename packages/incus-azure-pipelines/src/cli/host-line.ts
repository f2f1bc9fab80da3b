import { ago } from '../lib/times.js';
import { formatGib } from '../lib/units.js';
import type { HostStatus } from '../report/status-document.js';

/** What the host has free beside its reserve as a person reads it, and whom it has no room for. */
export function hostLine(host: HostStatus, now: number): string {
  const { cores, diskBytes, error, holdsBack, memoryBytes, metadataBytes, readAt } = host;
  const sides = [
    said('memory', memoryBytes, formatGib),
    said('disk', diskBytes, formatGib),
    said('metadata of the btrfs', metadataBytes, formatGib),
    said('the cores', cores, amount => String(Number(amount.toFixed(1)))),
  ].filter(part => part !== undefined);
  const when = readAt === undefined ? 'not looked at yet' : `as of ${ago(readAt, now)}`;
  const unread = error === undefined ? '' : `; not all of it can be read: ${error}`;
  const whom = holdsBack.length === 0 ? '' : `; it has no room for more instances of ${holdsBack.join(', ')}`;
  return `The host, ${when}: ${sides.join('; ')}${whom}${unread}\n`;
}

function said(what: string, side: HostStatus['cores'], say: (amount: number) => string): string | undefined {
  if (side === undefined) return undefined;
  const { free, kept } = side;
  return `${free === undefined ? 'an unknown amount' : say(free)} of ${what} free, ${say(kept)} to stay so`;
}
