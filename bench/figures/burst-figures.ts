import type { Figure } from '../report/outcome.js';
import type { Table } from '../report/table.js';
import { seconds } from '../report/words.js';
import { summarise } from '../statistics.js';

/** What was seen of bursts of one size, each of which came to a pool at rest. */
export interface Bursts {
  readonly standby: number;
  /** Jobs of one burst. */
  readonly jobs: number;
  /** From queued to the first line, ms, of every job that began. */
  readonly waits: readonly number[];
  /** Of each burst: agents that were there before, and instances that were created until the pool was at rest again, for there is no reserve. */
  readonly agentsEver: readonly number[];
  /** Jobs that did not end well. */
  readonly failed: number;
}

/** What was left of a pool of one standby once it was drained: names of registrations and of instances other than the base. */
export interface Left {
  readonly standby: number;
  readonly names: readonly string[];
}

/** By the size of a burst: when each of its agents came, made by bare calls, ms. */
export type BareArrivals = ReadonlyMap<number, readonly number[]>;

/** Holds bursts to what is asked of a pool that scales; waits have a floor where every agent has to be made first. Pure. */
export function burstFigures(seen: readonly Bursts[], left: readonly Left[], bare: BareArrivals): readonly Figure[] {
  const surplus = Math.max(...seen.flatMap(surplusOf));
  const failed = seen.reduce((sum, bursts) => sum + bursts.failed, 0);
  const jobs = seen.reduce((sum, bursts) => sum + jobsOf(bursts), 0);
  const names = left.flatMap(one => one.names);
  return [
    ...seen.map(bursts => waitFigure(bursts, bursts.standby === 0 ? bare.get(bursts.jobs) : undefined)),
    judged('agents ever made beyond jobs and standby, at most in a burst', surplus, '≤ 1', surplus <= 1),
    judged(`jobs that did not end well, of ${jobs}`, failed, '0', failed === 0),
    judged('instances and registrations left by a drain', names.join(', ') || 0, '0', names.length === 0),
  ];
}

/** Shows for each size and standby how long jobs waited, and how many agents were made for them. */
export function burstsTable(seen: readonly Bursts[]): Table {
  return {
    title: 'Bursts',
    head: [
      'standby',
      'jobs',
      'bursts',
      'min',
      'median',
      'max',
      'agents ever',
      'of them beyond jobs and standby',
      'not done',
    ],
    rows: seen.map(bursts => {
      const { min, median, max } = summarise(bursts.waits) ?? {};
      return [
        String(bursts.standby),
        String(bursts.jobs),
        String(bursts.agentsEver.length),
        ...[min, median, max].map(ms => (ms === undefined ? '' : seconds(ms))),
        bursts.agentsEver.join(', '),
        surplusOf(bursts).join(', '),
        String(bursts.failed),
      ];
    }),
  };
}

function waitFigure(bursts: Bursts, bare: readonly number[] | undefined): Figure {
  const [ours, floor] = [summarise(bursts.waits), summarise(bare ?? [])];
  return {
    figure: `queued → started, ${bursts.jobs === 1 ? 'one job' : `${bursts.jobs} jobs at once`}, standby ${bursts.standby}`,
    measured: told(bursts.waits),
    floor: bare === undefined ? '' : told(bare),
    ratio: ours && floor && ours.median / floor.median,
    goal: '',
    isMet: undefined,
  };
}

function judged(figure: string, measured: number | string, goal: string, isMet: boolean): Figure {
  return { figure, measured: String(measured), floor: '', ratio: undefined, goal, isMet };
}

function told(ms: readonly number[]): string {
  const summary = summarise(ms);
  if (summary === undefined) return 'nothing seen';
  return `min ${seconds(summary.min)}, median ${seconds(summary.median)}, max ${seconds(summary.max)}`;
}

function surplusOf({ agentsEver, jobs, standby }: Bursts): readonly number[] {
  return agentsEver.map(count => count - jobs - standby);
}

function jobsOf({ agentsEver, jobs }: Bursts): number {
  return agentsEver.length * jobs;
}
