import { type CallCounts, totalOf } from '../call-counts.js';
import type { Figure } from '../report/outcome.js';
import type { Table } from '../report/table.js';

interface Reason {
  readonly why: string;
  /** Most of these calls that an agent's life may cost on average; what is above one leaves room for an agent that failed. */
  readonly most: number;
}

/**
 * Why each call is made, by route. An agent's own calls are those that its life cannot do without; the rest is shared by
 * all agents of the daemon and does not grow with their number.
 */
const REASONS: Readonly<Record<string, Reason>> = {
  // One request copies and starts. Its answer is an operation, whose end says whether both went well.
  'POST /1.0/instances': { why: 'copies the base and starts the copy', most: 1.1 },
  // The daemon forgets an operation five seconds after its end, so its end is waited for, not asked for later.
  'GET /1.0/operations/{id}/wait': {
    why: 'waits for the end of the copy, of a collection of logs, of a stop',
    most: 2.2,
  },
  // The mark is set before the push: a guest that was given a secret is never taken for a prepared one again.
  // Another one is for jobs of more than five seconds, which give way to boots; those of the bench are shorter.
  'PATCH /1.0/instances/{name}': { why: 'marks the instance as activated', most: 1.1 },
  'POST /1.0/instances/{name}/files': { why: 'pushes the activation', most: 1.1 },
  // The last log lines of a finished agent are what a person asks for first; nothing waits for it but the power-off. A
  // guest that does not say that it is prepared is asked, which a good one never is.
  'POST /1.0/instances/{name}/exec': { why: "collects a finished agent's last log lines", most: 1.1 },
  // Incus runs a command only with a stream each for control, input, output and errors.
  'GET /1.0/operations/{id}/websocket': { why: 'the four streams of that collection', most: 4.4 },
  // One subscription for as long as the daemon runs; another after each lost connection.
  'GET /1.0/events': { why: 'hears what happens to all instances; once for the life of the daemon', most: 0.1 },
  // A list of everything costs as much as a look at one instance, and one list serves all that rang in 100 ms. A life
  // rings by its creation, when it is prepared, when it is finished and when it is gone.
  'GET /1.0/instances': { why: 'lists all instances after a ring; shared by all agents', most: 5 },
  // Ephemeral instances go by themselves: these two are for those that did not.
  'PUT /1.0/instances/{name}/state': { why: 'stops an instance that does not power off or is not needed', most: 0.1 },
  'DELETE /1.0/instances/{name}': { why: 'deletes an instance that stayed', most: 0.1 },
};

/** What the calls to Incus come to for each of `units` agents that lived. Met when each is accounted for, and none too frequent. */
export function incusCallsFigure(per: string, calls: CallCounts, units: number): Figure {
  return {
    figure: `calls to Incus ${per}`,
    measured: (totalOf(calls) / units).toFixed(2),
    floor: '',
    ratio: undefined,
    goal: 'each route with its reason, and no more often than that',
    isMet: [...calls].every(([route, count]) => count / units <= (REASONS[route]?.most ?? 0)),
  };
}

/** What the calls to Incus come to in a time in which nobody lives or dies. Met when each is accounted for. */
export function idleCallsFigure(per: string, calls: CallCounts): Figure {
  return {
    figure: `calls to Incus ${per}`,
    measured: totalOf(calls).toFixed(2),
    floor: '',
    ratio: undefined,
    goal: 'a reason for each',
    isMet: [...calls.keys()].every(route => REASONS[route] !== undefined),
  };
}

/** The calls for each of `units` by route, with the reason for each. */
export function incusCallsTable(per: string, calls: CallCounts, units: number): Table {
  const rows = [...calls]
    .sort(([, a], [, b]) => b - a)
    .map(([route, count]) => [route, (count / units).toFixed(2), REASONS[route]?.why ?? 'not accounted for']);
  return {
    title: `Calls to Incus ${per} (n ${units})`,
    head: ['route', 'calls', 'why'],
    rows: [...rows, ['all', (totalOf(calls) / units).toFixed(2), '']],
  };
}
