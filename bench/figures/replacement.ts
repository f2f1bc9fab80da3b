import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { DaemonProcess } from '../../testbed/daemon-process.js';
import { breakdownOf, type Step } from '../breakdown.js';
import { type CallCounts, callCounts, callsBetween } from '../call-counts.js';
import { type ChurnOptions, watchChurn } from '../churn.js';
import { CpuMeter } from '../cpu-meter.js';
import { fetchMetrics } from '../daemon-metrics.js';
import type { Work } from '../job-source.js';
import { keyStockFilled, keysIn } from '../key-stock.js';
import type { Outcome } from '../report/outcome.js';
import { seconds, spread } from '../report/words.js';
import type { ShellBench, Watch } from '../shell-bench.js';
import type { Sightings } from '../sightings.js';
import { summarise } from '../statistics.js';
import { bareWay, stepsTable, way } from '../ways.js';
import type { Workbench } from '../workbench.js';
import { incusCallsFigure, incusCallsTable } from './incus-calls.js';
import { type JudgedBy, type Measured, replacementFigures, waits } from './replacement-figures.js';

const PLACES = 4;
const JOB_SECONDS = 2;
const LEAST_REPLACEMENTS = 20;
const FILL_MS = 240_000;
/** Between a full pool and its first job: what filled it has settled by then, and the program has made its keys. */
const REST_MS = { quick: 5_000, full: 30_000 };
/** The shell agent opens no session: for Azure no load is ever online, and none may be given up for that. */
const LOAD_SETTINGS = { startupGracePeriod: '1h' };
/**
 * What the program gives a job that takes its time (execute/give-way.ts). It would see none here, for Azure does not; and bare calls
 * have no such rule.
 */
const WEIGHT = { 'limits.cpu.allowance': '25%' };

/** What bare calls need: the floor. */
export type Bare = Measured & { readonly steps: readonly Step[] };

export interface ReplacementOptions extends Partial<JudgedBy> {
  readonly name: string;
  readonly reserve: number;
  /** Whether the load gives way to all others that want the cores, as long jobs do; true by default. */
  readonly givesWay?: boolean;
  /** Whether the program may make its keys in quiet hours; true by default. */
  readonly stocked?: boolean;
  /** The floor, where it was measured already. */
  readonly bare?: Bare;
}

export interface ReplacementOutcome extends Outcome {
  readonly bare: Bare;
  readonly medianMs: number | undefined;
}

/** Measures how long a place stays empty after a job, and how many jobs a pool gets done, each beside its floor. */
export async function measureReplacement(
  shell: ShellBench,
  workbench: Workbench,
  { name, reserve, loaded = false, givesWay = true, stocked = true, ...given }: ReplacementOptions,
): Promise<ReplacementOutcome> {
  const { quick, signal, say, registration } = workbench;
  const loads = loaded ? availableParallelism() : 0;
  const pool = { agentCount: PLACES + loads, reserve };
  const window = {
    places: PLACES,
    loads,
    windowMs: quick ? 15_000 : 60_000,
    leastReplacements: LEAST_REPLACEMENTS,
    signal,
  };
  const restMs = quick ? REST_MS.quick : REST_MS.full;
  const rested = async ({ sightings }: Watch) => {
    await sightings.reach('online', pool.agentCount, FILL_MS, signal);
    if (givesWay) for (const name of firstOnline(sightings, loads)) await shell.weigh(name, WEIGHT);
    await delay(restMs, undefined, { signal });
  };
  const begin = new Begin({ loads, jobSeconds: JOB_SECONDS, places: PLACES });

  const bare = given.bare ?? (await bareReplacement());
  say(`${name}: bare calls need ${told(bare)}`);
  const settings = { ...pool, ...(loaded ? LOAD_SETTINGS : {}) };
  const ours = await shell.runProgram(settings, begin.work(), async (watch, daemon) => {
    if (stocked) {
      await rested(watch);
      await keyStockFilled(daemon, signal);
    } else await watch.sightings.reach('online', pool.agentCount, FILL_MS, signal);
    begin.now();
    const calls = new LifeCalls(daemon, watch, signal);
    const parts = { pids: { program: daemon.pid }, onWindow: () => calls.start() };
    const seen = await measured(watch, workbench, window, parts);
    const witnesses = { ...watch, log: daemon.log, byGuest: registration === 'guest' };
    const steps = breakdownOf(seen.churn.replacements.map(one => way(one, witnesses)));
    const keysLeft = keysIn(await fetchMetrics(daemon, signal)).ready;
    return { ...seen, ...(await calls.counted()), steps, keysLeft };
  });
  say(`${name}: the program needs ${told(ours)}`);

  return {
    name,
    bare,
    medianMs: waits(ours.churn)?.median,
    conditions: [
      `a shell agent without start-up cost, of which Azure sees no more than that its job is done; docker off; registration by the ${registration};`,
      `${PLACES} places, jobs of ${JOB_SECONDS} s, the first of them ${stocked ? `after at least ${seconds(restMs)} of rest` : 'at once'}, for the floor`,
      `after ${seconds(restMs)} of rest; ${ours.keysLeft} keys left at the end;`,
      loaded ? loadConditions(givesWay) : 'all other settings as they are by default',
    ].join(' '),
    figures: [
      ...replacementFigures(name, ours, bare, { loaded, isJudged: stocked, loads, quietMedianMs: given.quietMedianMs }),
      ...(loaded ? [] : [incusCallsFigure(`per agent's life, ${name}`, ours.calls, ours.lives)]),
    ],
    tables: [
      stepsTable(`${name}, the program`, ours.steps),
      ...(given.bare ? [] : [stepsTable(`${name}, bare calls`, bare.steps)]),
      ...(loaded ? [] : [incusCallsTable(`per agent's life, ${name}`, ours.calls, ours.lives)]),
    ],
    raw: { floor: bare, measured: { ...ours, calls: Object.fromEntries(ours.calls) } },
  };

  async function bareReplacement(): Promise<Bare> {
    say(`${name}: bare calls`);
    return await shell.runBare(pool, begin.work(), async watch => {
      await rested(watch);
      begin.now();
      const seen = await measured(watch, workbench, window, {});
      return { ...seen, steps: breakdownOf(seen.churn.replacements.map(one => bareWay(one, watch))) };
    });
  }
}

function loadConditions(givesWay: boolean): string {
  const weight = givesWay ? `made to give way by the bench (${JSON.stringify(WEIGHT)})` : 'as heavy as all others';
  return `the load is ${weight}; startupGracePeriod ${LOAD_SETTINGS.startupGracePeriod}`;
}

/** Holds the first jobs of a pool back until it has rested. */
class Begin {
  readonly #work: Omit<Work, 'from'>;
  #stocked = new AbortController();

  constructor(work: Omit<Work, 'from'>) {
    this.#work = work;
  }

  /** The work of the next pool. */
  work(): Work {
    this.#stocked = new AbortController();
    return { ...this.#work, from: once(this.#stocked.signal, 'abort') };
  }

  now(): void {
    this.#stocked.abort();
  }
}

interface MeasuredParts {
  /** Processes beside Incus whose time on the cores is counted. */
  readonly pids?: Readonly<Record<string, number>>;
  readonly onWindow?: () => Promise<void>;
}

async function measured(
  { sightings, lives, guests }: Watch,
  workbench: Workbench,
  window: ChurnOptions,
  { pids = {}, onWindow }: MeasuredParts,
): Promise<Measured> {
  const meter = CpuMeter.of(workbench, pids, sightings);
  const churn = await watchChurn(sightings, {
    ...window,
    onWindow: async () => {
      await onWindow?.();
      await meter.start();
    },
    onWindowEnd: () => meter.stop(),
  });
  const there = new Set(await guests());
  return {
    churn,
    costs: meter.costs,
    preparations: summarise(lives.preparations(churn.openedAt)),
    loadsLeft: firstOnline(sightings, window.loads).filter(name => there.has(name)),
  };
}

/** Whoever asks for work first is the load. */
function firstOnline(sightings: Sightings, count: number): readonly string[] {
  const online = sightings.all.filter(({ kind }) => kind === 'online');
  return online.slice(0, count).map(({ name }) => name);
}

/** Counts the daemon's calls to Incus, and the lives that they were made for. */
class LifeCalls {
  readonly #daemon: DaemonProcess;
  readonly #watch: Watch;
  readonly #signal: AbortSignal;
  #before: CallCounts = new Map();
  #livesBefore = 0;

  constructor(daemon: DaemonProcess, watch: Watch, signal: AbortSignal) {
    this.#daemon = daemon;
    this.#watch = watch;
    this.#signal = signal;
  }

  async start(): Promise<void> {
    this.#before = await this.#read();
    this.#livesBefore = this.#watch.sightings.count('done');
  }

  async counted(): Promise<{ readonly calls: CallCounts; readonly lives: number }> {
    const calls = callsBetween(this.#before, await this.#read());
    return { calls, lives: this.#watch.sightings.count('done') - this.#livesBefore };
  }

  async #read(): Promise<CallCounts> {
    return callCounts(await fetchMetrics(this.#daemon, this.#signal), 'incus');
  }
}

function told({ churn }: Measured): string {
  return `${spread(waits(churn))}, ${churn.jobsPerMinute.toFixed(0)} jobs a minute`;
}
