import type { Paint } from './paint.js';
import { type Replacement, spread } from './replacements.js';
import { cell, cut, duration, wrap } from './text.js';
import { type JobView, resultOf, stateOf } from './view.js';

/** What is left to be counted once the pool is drained. */
export interface Remains {
  /** Instances in the demo's project, counted by Incus. */
  readonly containers: number;
  readonly registrations: number;
}

const widths = { result: 16, agent: 20, start: 6, next: 7 } as const;
const gaps = 2 * Object.keys(widths).length;

/** Draws the table that ends the demo: each job, how it ended, where it ran, and how long was waited for what. */
export function renderResults(
  jobs: readonly JobView[],
  found: readonly Replacement[],
  columns: number,
  paint: Paint,
): string[] {
  const longest = Math.max(...jobs.map(({ job }) => job.name.length), 0);
  const rest = columns - gaps - Object.values(widths).reduce((sum, width) => sum + width, 0);
  const nameWidth = Math.max(8, Math.min(longest, rest));
  const row = (name: string, result: string, agent: string, start: string, next: string): string[] => [
    cell(name, nameWidth),
    cell(result, widths.result),
    cell(agent, widths.agent),
    cell(start, widths.start, 'right'),
    cell(next, widths.next, 'right'),
  ];
  const lines = jobs.map(view => {
    const { job, record } = view;
    const start = record?.startedAt === undefined ? undefined : record.startedAt - record.queuedAt;
    const next = found.find(({ requestId }) => requestId === record?.requestId)?.ms;
    const [name = '', result = '', ...others] = row(
      job.name,
      resultOf(view),
      record?.agentName ?? '–',
      seconds(start),
      seconds(next),
    );
    const colour = stateOf(view) === 'right' ? 'green' : 'red';
    return [name, paint(colour, result), ...others].join('  ').trimEnd();
  });
  const above = row('', '', '', 'queued', 'job end').join('  ').trimEnd();
  const head = row('JOB', 'RESULT', 'AGENT', 'to run', 'to next').join('  ').trimEnd();
  return [paint('bold', above), paint('bold', head), ...lines];
}

/** Says in a few lines what it comes down to. */
export function renderTotals(
  found: readonly Replacement[],
  totalMs: number,
  remains: Remains,
  columns: number,
  paint: Paint,
): string[] {
  const times = spread(found.map(({ ms }) => ms));
  const replaced =
    times === undefined
      ? 'No agent was replaced.'
      : `${found.length} agents replaced, job end to next online: min ${seconds(times.min)} s, median ${seconds(times.median)} s, max ${seconds(times.max)} s`;
  const left = (count: number, what: string): string =>
    paint(count === 0 ? 'green' : 'red', cut(`${count} ${what} left`, columns));
  return [
    ...wrap(replaced, columns),
    `${duration(totalMs)} in total`,
    left(remains.containers, 'containers'),
    left(remains.registrations, 'registrations'),
  ];
}

function seconds(ms: number | undefined): string {
  return ms === undefined ? '–' : (ms / 1000).toFixed(1);
}
