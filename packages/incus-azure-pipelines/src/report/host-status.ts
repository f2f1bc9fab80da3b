import type { Plan } from '../model/action.js';
import type { HostReserve, HostRoom } from '../model/host-room.js';
import { LEAST_METADATA_BYTES } from '../plan/lacking.js';
import { printable } from './printable.js';
import type { HostStatus } from './status-document.js';

/** What the host has free beside its reserve, and whom it has no room for; nothing where no reserve is configured. Pure. */
export function hostStatus(
  reserve: HostReserve | undefined,
  room: HostRoom | undefined,
  { pools }: Pick<Plan, 'pools'>,
): { readonly host?: HostStatus } {
  if (reserve === undefined) return {};
  const beside = (key: 'memoryBytes' | 'diskBytes' | 'cores') => side(key, room?.[key], reserve[key]);
  const metadataBytes = room?.metadataBytes;
  const holdsBack = [...pools].flatMap(([name, { lacksRoom }]) => (lacksRoom ? [name] : []));
  const host = {
    ...(room === undefined ? {} : { readAt: room.at }),
    ...(room?.error === undefined ? {} : { error: printable(room.error) }),
    ...beside('memoryBytes'),
    ...beside('diskBytes'),
    ...(metadataBytes === undefined ? {} : side('metadataBytes', metadataBytes, LEAST_METADATA_BYTES)),
    ...beside('cores'),
    holdsBack,
  };
  return { host };
}

function side(key: string, free: number | undefined, kept: number | undefined) {
  return kept === undefined ? {} : { [key]: { ...(free === undefined ? {} : { free }), kept } };
}
