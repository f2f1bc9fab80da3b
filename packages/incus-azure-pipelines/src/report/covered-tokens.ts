import type { Events } from '../lib/events.js';
import type { DaemonEvents } from '../model/event.js';
import type { StatusDocument } from './status-document.js';

/** Follows which pools go on with the token before, since their latest one is refused; puts that into a status. */
export function followCoveredTokens(events: Events<DaemonEvents>): (status: StatusDocument) => StatusDocument {
  const covered = new Map<string, number | undefined>();
  events.on('token-covered', ({ pools, since }) => {
    for (const pool of pools) covered.set(pool, since);
  });
  return status => ({
    ...status,
    pools: status.pools.map(pool => {
      const since = covered.get(pool.name);
      return since === undefined ? pool : { ...pool, tokenRefusedSince: since };
    }),
  });
}
