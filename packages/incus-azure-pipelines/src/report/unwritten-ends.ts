import type { Events } from '../lib/events.js';
import type { DaemonEvents } from '../model/event.js';
import { printable } from './printable.js';
import type { StatusDocument } from './status-document.js';

/** Follows of how many agents that ended no record could be written, and why not of the last one; puts that into a status. */
export function followUnwrittenEnds(events: Events<DaemonEvents>): (status: StatusDocument) => StatusDocument {
  const agents = new Set<string>();
  let last: DaemonEvents['end-unwritten'] | undefined;
  events.on('end-unwritten', event => {
    agents.add(event.agent.name);
    last = event;
  });
  return status =>
    last === undefined
      ? status
      : { ...status, unwrittenEnds: { count: agents.size, lastAt: last.at, error: printable(last.error) } };
}
