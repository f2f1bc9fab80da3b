import { systemClock } from '../lib/clock.js';
import type { Events } from '../lib/events.js';
import type { RecordFolder } from '../lib/record-folder.js';
import type { DaemonEvents } from '../model/event.js';
import type { Death } from './death.js';
import { History } from './history.js';
import { LiveFeed } from './live-feed.js';
import type { StatusDocument } from './status-document.js';

/** Follows what happens from now on, for the page, and the ends of agents that daemons before this one have written down. */
export async function followForPage(
  events: Events<DaemonEvents>,
  status: () => StatusDocument | undefined,
  deaths: Pick<RecordFolder<Death>, 'names' | 'read' | 'write'>,
): Promise<{ readonly feed: LiveFeed; readonly deaths: Pick<RecordFolder<Death>, 'read' | 'write'> }> {
  const history = new History(events, status);
  const feed = new LiveFeed(events, history, status, systemClock);
  for (const name of (await deaths.names()).toReversed()) {
    const death = await deaths.read(name).catch(() => undefined);
    if (death !== undefined) history.died(death);
  }
  return {
    feed,
    deaths: {
      read: name => deaths.read(name),
      write: async (name, death) => {
        history.died(death);
        feed.changed();
        await deaths.write(name, death);
      },
    },
  };
}
