import { type CallCounts, totalOf } from '../call-counts.js';
import type { Figure } from '../report/outcome.js';
import type { Table } from '../report/table.js';

/**
 * Why each call is made, by route. An agent's own calls are those that its life cannot do without; the rest is shared by
 * all agents of the daemon and does not grow with their number.
 */
const REASONS: Readonly<Record<string, string>> = {
  // One request copies and starts. Its answer is an operation, whose end says whether both went well.
  'POST /1.0/instances': 'copies the base and starts the copy',
  // The daemon forgets an operation five seconds after its end, so its end is waited for, not asked for later.
  'GET /1.0/operations/{id}/wait': 'waits for the end of the copy, of a collection of logs, of a stop',
  // The mark is set before the push: a guest that was given a secret is never taken for a prepared one again.
  'PATCH /1.0/instances/{name}': 'marks the instance as activated',
  'POST /1.0/instances/{name}/files': 'pushes the activation',
  // The last log lines of a finished agent are what a person asks for first; nothing waits for it but the power-off.
  'POST /1.0/instances/{name}/exec': "collects a finished agent's last log lines",
  // Incus runs a command only with a stream each for control, input, output and errors.
  'GET /1.0/operations/{id}/websocket': 'the four streams of that collection',
  // One subscription for as long as the daemon runs; another after each lost connection.
  'GET /1.0/events': 'hears what happens to all instances; once for the life of the daemon',
  // A list of everything costs as much as a look at one instance, and one list serves all that rang in 100 ms.
  'GET /1.0/instances': 'lists all instances after a ring; shared by all agents',
  // Ephemeral instances go by themselves: these two are for those that did not.
  'PUT /1.0/instances/{name}/state': 'stops an instance that does not power off or is not needed',
  'DELETE /1.0/instances/{name}': 'deletes an instance that stayed',
};

/** What the calls to Incus come to for each of `units`, such as agents that lived. Met when there is a reason for each. */
export function incusCallsFigure(per: string, calls: CallCounts, units: number): Figure {
  const unexplained = [...calls.keys()].filter(route => REASONS[route] === undefined);
  return {
    figure: `calls to Incus ${per}`,
    measured: (totalOf(calls) / units).toFixed(2),
    floor: '',
    ratio: undefined,
    goal: 'a reason for each',
    isMet: unexplained.length === 0,
  };
}

/** The same by route, with the reason for each. */
export function incusCallsTable(per: string, calls: CallCounts, units: number): Table {
  const rows = [...calls]
    .sort(([, a], [, b]) => b - a)
    .map(([route, count]) => [route, (count / units).toFixed(2), REASONS[route] ?? 'not accounted for']);
  return {
    title: `Calls to Incus ${per} (n ${units})`,
    head: ['route', 'calls', 'why'],
    rows: [...rows, ['all', (totalOf(calls) / units).toFixed(2), '']],
  };
}
