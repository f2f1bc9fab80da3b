import { once } from 'node:events';
import type { DaemonProcess, LogLine } from '../../testbed/daemon-process.js';
import { breakdownOf, type Moment, type Step } from '../breakdown.js';
import { callCounts, callsBetween, fetchMetrics } from '../call-counts.js';
import { type Churn, watchChurn } from '../churn.js';
import { CpuMeter, type CpuPerJob } from '../cpu-meter.js';
import { keyStockFilled } from '../key-stock.js';
import type { Figure, Outcome } from '../report/outcome.js';
import { seconds, type Table } from '../report/table.js';
import type { ShellBench, Watch } from '../shell-bench.js';
import type { Replacement } from '../sightings.js';
import { type Summary, summarise } from '../statistics.js';
import type { Workbench } from '../workbench.js';
import { incusCallsTable } from './incus-calls.js';

export interface ReplacementOptions {
  readonly reserve: number;
  /** Whether as many other agents as there are cores take the cores and the disk meanwhile. */
  readonly loaded: boolean;
  /** Median of the same without load, where it was measured. */
  readonly quietMedianMs: number | undefined;
}

const PLACES = 4;
const JOB_SECONDS = 2;
const LEAST_REPLACEMENTS = 20;
const FILL_MS = 240_000;

/** Measures how long a place stays empty after a job, and how many jobs a pool gets done, each beside its floor. */
export async function measureReplacement(
  shell: ShellBench,
  workbench: Workbench,
  options: ReplacementOptions,
): Promise<Outcome & { readonly medianMs: number | undefined }> {
  const { quick, signal, say } = workbench;
  const loads = options.loaded ? workbench.maxConcurrentCreates : 0;
  const pool = { agentCount: PLACES + loads, reserve: options.reserve };
  const work = { loads, jobSeconds: JOB_SECONDS, places: PLACES };
  const window = {
    places: PLACES,
    loads,
    windowMs: quick ? 15_000 : 60_000,
    leastReplacements: LEAST_REPLACEMENTS,
    signal,
  };
  const name = `reserve ${options.reserve}${options.loaded ? ', cores and disk taken' : ''}`;

  say(`${name}: bare calls`);
  const floor = await shell.runBare(pool, work, async watch => {
    const meter = new CpuMeter({ incus: workbench.incus.pid }, watch.sightings);
    const churn = await watchChurn(watch.sightings, { ...window, onWindow: () => meter.start() });
    const cpu = await meter.msPerJob();
    const preparations = summarise(watch.lives.preparations(churn.openedAt));
    return { churn, cpu, preparations, steps: breakdownOf(churn.replacements.map(one => bareWay(one, watch))) };
  });
  say(`${name}: bare calls need ${told(floor.churn)}`);
  const stocked = new AbortController();
  const measured = await shell.runProgram(
    pool,
    { ...work, from: once(stocked.signal, 'abort') },
    async (watch, daemon) => {
      await watch.sightings.reach('online', pool.agentCount, FILL_MS, signal);
      await keyStockFilled(daemon, signal);
      stocked.abort();
      const metrics = await metricsOf(daemon, signal);
      let before = await metrics();
      let livesBefore = 0;
      const meter = new CpuMeter({ incus: workbench.incus.pid, program: daemon.pid }, watch.sightings);
      const onWindow = async () => {
        await meter.start();
        before = await metrics();
        livesBefore = watch.sightings.count('done');
      };
      const churn = await watchChurn(watch.sightings, { ...window, onWindow });
      const cpu = await meter.msPerJob();
      const calls = callsBetween(before, await metrics());
      const lives = watch.sightings.count('done') - livesBefore;
      const preparations = summarise(watch.lives.preparations(churn.openedAt));
      return {
        churn,
        cpu,
        preparations,
        calls,
        lives,
        steps: breakdownOf(churn.replacements.map(one => way(one, watch, daemon.log))),
      };
    },
  );
  say(`${name}: the program needs ${told(measured.churn)}`);

  const [quiet, ours] = [waits(floor.churn), waits(measured.churn)];
  return {
    medianMs: ours?.median,
    figures: [
      waitFigure(name, ours, quiet, options),
      jobsFigure(name, measured.churn.jobsPerMinute, floor.churn.jobsPerMinute, options.loaded),
      preparationFigure(name, measured.preparations, floor.preparations),
      cpuFigure(name, measured.cpu, floor.cpu),
    ],
    tables: [
      stepsTable(`Where the time of a replacement goes (${name}, the program)`, measured.steps),
      stepsTable(`Where the time of a replacement goes (${name}, bare calls)`, floor.steps),
      ...(options.loaded ? [] : [incusCallsTable(measured.calls, measured.lives)]),
    ],
    raw: { name, floor, measured: { ...measured, calls: Object.fromEntries(measured.calls) } },
  };
}

function waits({ replacements }: Churn): Summary | undefined {
  return summarise(replacements.map(({ doneAt, onlineAt }) => onlineAt - doneAt));
}

/** min / median / p95 / max. */
export function spread(summary: Summary | undefined): string {
  if (summary === undefined) return 'nothing seen';
  const { min, median, p95, max, count } = summary;
  return `${seconds(median)} (min ${seconds(min)}, p95 ${seconds(p95)}, max ${seconds(max)}, n ${count})`;
}

function stepsTable(title: string, steps: readonly Step[]): Table {
  return {
    title,
    head: ['from', 'to', 'median', 'p95', 'n'],
    rows: steps.map(({ from, to, medianMs, p95Ms, count }) => [
      from,
      to,
      `${medianMs.toFixed(0)} ms`,
      `${p95Ms.toFixed(0)} ms`,
      String(count),
    ]),
  };
}

function told(churn: Churn): string {
  return `${spread(waits(churn))}, ${churn.jobsPerMinute.toFixed(0)} jobs a minute`;
}

async function metricsOf(daemon: DaemonProcess, signal: AbortSignal) {
  const { httpPort } = await daemon.seen(({ msg }) => msg === 'running');
  return async () => callCounts(await fetchMetrics(Number(httpPort), signal), 'incus');
}

function waitFigure(
  name: string,
  ours: Summary | undefined,
  floor: Summary | undefined,
  { loaded, quietMedianMs }: ReplacementOptions,
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

/** What guests take of the cores is the same for both and not in it. */
function cpuFigure(name: string, ours: CpuPerJob, floor: CpuPerJob): Figure {
  const written = (cpu: CpuPerJob) =>
    Object.entries(cpu)
      .map(([process, ms]) => `${process} ${ms.toFixed(0)} ms`)
      .join(', ');
  return {
    figure: `CPU per job beside the guest's, ${name}`,
    measured: written(ours),
    floor: written(floor),
    ratio: undefined,
    goal: '',
    isMet: undefined,
  };
}

function bareWay(
  { ended, doneAt, replacement, onlineAt }: Replacement,
  { lives, unitStarts }: Watch,
): readonly Moment[] {
  const units = unitStarts.get(replacement);
  return [
    { label: 'job done', at: doneAt },
    { label: 'doorbell', at: lives.of(ended).finishedAt },
    { label: 'pushed', at: lives.of(replacement).pushedAt },
    { label: 'register unit started', at: units?.registerAt },
    { label: 'agent unit started', at: units?.agentAt },
    { label: 'first request', at: onlineAt },
  ];
}

function way(replacement: Replacement, watch: Watch, log: readonly LogLine[]): readonly Moment[] {
  const life = watch.lives.of(replacement.replacement);
  const [done, doorbell, , ...rest] = bareWay(replacement, watch);
  const decided = log.find(
    ({ msg, kind, name }) => msg === 'action started' && kind === 'activate-agent' && name === replacement.replacement,
  );
  return [
    ...[done, doorbell].filter(moment => moment !== undefined),
    { label: 'decided', at: decided === undefined ? undefined : Date.parse(String(decided.time)) },
    { label: 'marked', at: life.markedAt },
    { label: 'pushed', at: life.pushedAt },
    ...rest,
  ];
}
