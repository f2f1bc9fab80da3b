import type { Churn } from '../churn.js';
import type { Costs } from '../cpu-meter.js';
import type { Figure } from '../report/outcome.js';
import { percent, spread } from '../report/words.js';
import { type Summary, summarise } from '../statistics.js';

/** What the figures of one kind of replacement are held against. */
export interface JudgedBy {
  /** Whether as many other agents as there are cores take the cores and the disk meanwhile. */
  readonly loaded: boolean;
  /** Median of the same without load, where it was measured. */
  readonly quietMedianMs: number | undefined;
}

/** What a pool at work has shown. */
export interface Measured {
  readonly churn: Churn;
  readonly costs: Costs;
  readonly preparations: Summary | undefined;
  /** Names of the agents of the load that were still there at the end. */
  readonly loadsLeft: readonly string[];
}

const FULL = { coresIdle: 0.05, storageBusy: 0.9 };

/** All that is told of one kind of replacement, beside the same by bare calls. */
export function replacementFigures(
  name: string,
  ours: Measured,
  floor: Measured,
  options: JudgedBy & { readonly loads: number; readonly isJudged: boolean },
): readonly Figure[] {
  const judged = [
    waitFigure(name, waits(ours.churn), waits(floor.churn), options),
    jobsFigure(name, ours.churn.jobsPerMinute, floor.churn.jobsPerMinute, options.loaded),
  ];
  return [
    ...(options.isJudged ? judged : judged.map(figure => ({ ...figure, goal: '', isMet: undefined }))),
    preparationFigure(name, ours.preparations, floor.preparations),
    cpuFigure(name, ours.costs, floor.costs),
    ...(options.loaded ? [loadFigure(name, ours, floor, options.loads)] : []),
  ];
}

/** How long places stayed empty. */
export function waits({ replacements }: Churn): Summary | undefined {
  return summarise(replacements.map(({ doneAt, onlineAt }) => onlineAt - doneAt));
}

function waitFigure(
  name: string,
  ours: Summary | undefined,
  floor: Summary | undefined,
  { loaded, quietMedianMs }: JudgedBy,
): Figure {
  const ratio = ours && floor && ours.median / floor.median;
  const figure = {
    figure: `job done → next agent online, ${name}`,
    measured: spread(ours),
    floor: spread(floor),
    ratio,
  };
  if (!loaded) return { ...figure, goal: '≤ 1.5 × floor', isMet: ratio === undefined ? undefined : ratio <= 1.5 };
  const isQuick = ours && quietMedianMs ? ours.median <= 3 * quietMedianMs && ours.median <= 2_000 : undefined;
  return { ...figure, goal: '≤ 3 × quiet, ≤ 2 s', isMet: isQuick };
}

function jobsFigure(name: string, ours: number, floor: number, loaded: boolean): Figure {
  const ratio = ours / floor;
  return {
    figure: `jobs per minute, ${name}`,
    measured: ours.toFixed(0),
    floor: floor.toFixed(0),
    ratio,
    goal: loaded ? '' : '≥ 0.85 × floor',
    isMet: loaded ? undefined : ratio >= 0.85,
  };
}

/** Guests that take longer here than there boot beside too many others, or beside too busy a program. */
function preparationFigure(name: string, ours: Summary | undefined, floor: Summary | undefined): Figure {
  return {
    figure: `instance created → prepared, ${name}`,
    measured: spread(ours),
    floor: spread(floor),
    ratio: ours && floor && ours.median / floor.median,
    goal: '',
    isMet: undefined,
  };
}

/** What guests take of the cores is the same for both and not in it, but in what is left of them. */
function cpuFigure(name: string, ours: Costs, floor: Costs): Figure {
  const written = ({ cpuMs, host, jobs }: Costs) =>
    [
      ...Object.entries(cpuMs).map(([process, ms]) => `${process} ${(ms / jobs).toFixed(0)} ms`),
      `the host's cores idle ${percent(host.coresIdle)}`,
    ].join(', ');
  return {
    figure: `CPU per job beside the guest's, ${name}`,
    measured: written(ours),
    floor: written(floor),
    ratio: undefined,
    goal: '',
    isMet: undefined,
  };
}

/** Whether the load was one, from the first moment of the window to the last. */
function loadFigure(name: string, ours: Measured, floor: Measured, loads: number): Figure {
  const written = ({ costs: { host }, loadsLeft }: Measured) =>
    [
      `cores ${percent(1 - host.coresIdle)} and disk ${percent(host.storageBusy)} busy`,
      `${loadsLeft.length} of ${loads} agents of the load there to the end`,
    ].join(', ');
  const isFull = ({ costs: { host }, loadsLeft }: Measured) =>
    host.coresIdle <= FULL.coresIdle && host.storageBusy >= FULL.storageBusy && loadsLeft.length === loads;
  return {
    figure: `the load itself, ${name}`,
    measured: written(ours),
    floor: written(floor),
    ratio: undefined,
    goal: `cores ≥ ${percent(1 - FULL.coresIdle)}, disk ≥ ${percent(FULL.storageBusy)}, all there`,
    isMet: isFull(ours) && isFull(floor),
  };
}
