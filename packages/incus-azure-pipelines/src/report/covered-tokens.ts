import type { Events } from '../lib/events.js';
import type { DaemonEvents } from '../model/event.js';
import type { StatusDocument } from './status-document.js';

/** Follows which pools go on with the token before, since their latest one is refused; puts that into a status. */
export function followCoveredTokens(events: Events<DaemonEvents>): (status: StatusDocument) => StatusDocument {
  const covered = new Map<string, DaemonEvents['token-covered']>();
  events.on('token-covered', event => {
    for (const pool of event.pools) covered.set(pool, event);
  });
  return status => ({
    ...status,
    pools: status.pools.map(pool => {
      const event = covered.get(pool.name);
      return event === undefined || event.until <= status.at ? pool : { ...pool, tokenRefusedSince: event.since };
    }),
  });
}
