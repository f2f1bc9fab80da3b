import type { HostStatus, StatusDocument } from '../report/status-document.js';
import { type Note, note, worstFirst } from './note.js';
import { clock, count, gib } from './words.js';

/**
 * What is wrong beside the pools, and what the host keeps free, in sentences; what is worst first. `today` is an instant of the
 * reader's day; `isLate` says that the daemon has not looked for longer than it may. Pure.
 */
export function systemNotes(status: StatusDocument, today: number, isLate = false): Note[] {
  const { at, configuration, host, incus, storage, unwrittenEnds } = status;
  const { refused } = configuration ?? {};
  return worstFirst([
    isLate && { ...trouble('late', `the daemon has not looked since ${clock(at, today)}`), isUrgent: true },
    !incus.readable && {
      ...trouble(
        'incus',
        `Incus cannot be read${incus.since > 0 ? ` since ${clock(incus.since, today)}` : ''}: ${incus.error ?? ''}`,
      ),
      isUrgent: true,
    },
    refused &&
      trouble(
        'configuration',
        `the configuration file was refused at ${clock(refused.at, today)}, the old one goes on: ${refused.why}`,
      ),
    unwrittenEnds &&
      trouble(
        'ends',
        `${count(unwrittenEnds.count, 'end')} of agents could not be written down, the last at ${clock(unwrittenEnds.lastAt, today)}: ${unwrittenEnds.error}`,
      ),
    storage &&
      note(
        'waits',
        'storage',
        `storage pool ${storage.pool} (${storage.driver}) cannot copy on write: each instance is a whole copy of its base`,
      ),
    host?.error !== undefined && trouble('host-unread', `what the host has free cannot all be read: ${host.error}`),
    host && note(host.holdsBack.length === 0 ? 'does' : 'waits', 'host', hostText(host, today)),
  ]);
}

function trouble(key: string, text: string): Note {
  return note('trouble', key, text);
}

function hostText(
  { cores, diskBytes, holdsBack, memoryBytes, metadataBytes, readAt }: HostStatus,
  today: number,
): string {
  const sides = [
    sideText('memory', memoryBytes, gib),
    sideText('disk', diskBytes, gib),
    sideText('metadata of the btrfs', metadataBytes, gib),
    sideText('the cores', cores, amount => String(Number(amount.toFixed(1)))),
  ].filter(text => text !== undefined);
  const when = readAt === undefined ? 'not looked at yet' : `as of ${clock(readAt, today)}`;
  const whom =
    holdsBack.length === 0 ? 'the host keeps a reserve' : `the host has no room for more of ${holdsBack.join(', ')}`;
  return `${whom}, ${when}: ${sides.join('; ')}`;
}

function sideText(what: string, side: HostStatus['cores'], say: (amount: number) => string): string | undefined {
  if (side === undefined) return undefined;
  return `${side.free === undefined ? 'an unknown amount' : say(side.free)} of ${what} free, ${say(side.kept)} to stay so`;
}
