import type { Clock } from '../lib/clock.js';
import type { Events } from '../lib/events.js';
import type { RecordFolder } from '../lib/record-folder.js';
import type { DaemonEvents } from '../model/event.js';
import type { Death } from './death.js';
import { History, HOUR_MS, LEAST_ENDED } from './history.js';
import { LiveFeed } from './live-feed.js';
import type { StatusDocument } from './status-document.js';

export interface LivePageOptions {
  readonly clock: Clock;
  /** The daemon looks at least so often (ms). */
  readonly lookEveryMs: number;
  /** Hears of a record of an earlier daemon that cannot be read; the page goes without it. */
  readonly onFailure: (error: unknown) => void;
}

/** Follows what happens from now on, for the page, and the ends of agents that daemons before this one have written down. */
export async function followForPage(
  events: Events<DaemonEvents>,
  status: () => StatusDocument | undefined,
  deaths: Pick<RecordFolder<Death>, 'names' | 'read' | 'write'>,
  { clock, lookEveryMs, onFailure }: LivePageOptions,
): Promise<{ readonly feed: LiveFeed; readonly deaths: Pick<RecordFolder<Death>, 'read' | 'write'> }> {
  const history = new History(events, status);
  const feed = new LiveFeed(events, history, status, { clock, lookEveryMs });
  await rememberDeaths(history, deaths, { clock, onFailure });
  return {
    feed,
    deaths: {
      read: name => deaths.read(name),
      write: async (name, death) => {
        // Who is told of an end asks for its last lines.
        try {
          await deaths.write(name, death);
        } finally {
          history.died(death);
          feed.changed();
        }
      },
    },
  };
}

/** The newest first, and no more than the history keeps: the daemon's start waits for it, and never fails because of it. */
async function rememberDeaths(
  history: History,
  deaths: Pick<RecordFolder<Death>, 'names' | 'read'>,
  { clock, onFailure }: Pick<LivePageOptions, 'clock' | 'onFailure'>,
): Promise<void> {
  const names = await deaths.names().catch((error: unknown) => {
    onFailure(error);
    return [];
  });
  let goneAt = clock.now();
  for (const [index, name] of names.entries()) {
    if (index >= LEAST_ENDED && goneAt < clock.now() - HOUR_MS) return;
    try {
      const death = await deaths.read(name);
      if (death === undefined) continue;
      history.died(death);
      goneAt = death.goneAt;
    } catch (error) {
      onFailure(error);
    }
  }
}
