import { once } from 'node:events';
import type { DaemonProcess } from '../../testbed/daemon-process.js';
import { breakdownOf } from '../breakdown.js';
import { type CallCounts, callCounts, callsBetween } from '../call-counts.js';
import { type ChurnOptions, watchChurn } from '../churn.js';
import { CpuMeter } from '../cpu-meter.js';
import { fetchMetrics } from '../daemon-metrics.js';
import { keyStockFilled } from '../key-stock.js';
import type { Outcome } from '../report/outcome.js';
import { spread } from '../report/words.js';
import type { ShellBench, Watch } from '../shell-bench.js';
import { summarise } from '../statistics.js';
import { bareWay, stepsTable, way } from '../ways.js';
import type { Workbench } from '../workbench.js';
import { incusCallsFigure, incusCallsTable } from './incus-calls.js';
import { type Measured, type ReplacementOptions, replacementFigures, waits } from './replacement-figures.js';

const PLACES = 4;
const JOB_SECONDS = 2;
const LEAST_REPLACEMENTS = 20;
const FILL_MS = 240_000;
/** The shell agent opens no session: for Azure no load is ever online, and none may be given up for that. */
const LOAD_SETTINGS = { startupGracePeriod: '1h' };

/** Measures how long a place stays empty after a job, and how many jobs a pool gets done, each beside its floor. */
export async function measureReplacement(
  shell: ShellBench,
  workbench: Workbench,
  options: ReplacementOptions,
): Promise<Outcome & { readonly medianMs: number | undefined }> {
  const { quick, signal, say, registration } = workbench;
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
    const seen = await measured(watch, workbench, window, {});
    return { ...seen, steps: breakdownOf(seen.churn.replacements.map(one => bareWay(one, watch))) };
  });
  say(`${name}: bare calls need ${told(floor)}`);
  const stocked = new AbortController();
  const withStock = { ...work, from: once(stocked.signal, 'abort') };
  const settings = { ...pool, ...(options.loaded ? LOAD_SETTINGS : {}) };
  const ours = await shell.runProgram(settings, withStock, async (watch, daemon) => {
    await watch.sightings.reach('online', pool.agentCount, FILL_MS, signal);
    await keyStockFilled(daemon, signal);
    stocked.abort();
    const calls = new LifeCalls(daemon, watch, signal);
    const parts = { pids: { program: daemon.pid }, onWindow: () => calls.start() };
    const seen = await measured(watch, workbench, window, parts);
    const witnesses = { ...watch, log: daemon.log, byGuest: registration === 'guest' };
    const steps = breakdownOf(seen.churn.replacements.map(one => way(one, witnesses)));
    return { ...seen, ...(await calls.counted()), steps };
  });
  say(`${name}: the program needs ${told(ours)}`);

  return {
    name,
    medianMs: waits(ours.churn)?.median,
    conditions: [
      `a shell agent without start-up cost, which Azure never sees online; docker off; registration by the ${registration};`,
      `${PLACES} places, jobs of ${JOB_SECONDS} s; all keys there when the first job begins, as many as the window takes`,
    ].join(' '),
    figures: [
      ...replacementFigures(name, ours, floor, { ...options, loads }),
      ...(options.loaded ? [] : [incusCallsFigure(`per agent's life, ${name}`, ours.calls, ours.lives)]),
    ],
    tables: [
      stepsTable(`${name}, the program`, ours.steps),
      stepsTable(`${name}, bare calls`, floor.steps),
      ...(options.loaded ? [] : [incusCallsTable(`per agent's life, ${name}`, ours.calls, ours.lives)]),
    ],
    raw: { floor, measured: { ...ours, calls: Object.fromEntries(ours.calls) } },
  };
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
  const loaded = sightings.all.filter(({ kind }) => kind === 'online').slice(0, window.loads);
  return {
    churn,
    costs: meter.costs,
    preparations: summarise(lives.preparations(churn.openedAt)),
    loadsLeft: loaded.map(({ name }) => name).filter(name => there.has(name)),
  };
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
