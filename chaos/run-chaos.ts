import { writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { Random } from '../packages/incus-azure-pipelines/test/simulation/random.js';
import { JobFeeder } from '../testbed/job-feeder.js';
import { type OwnIncus, startOwnIncus } from '../testbed/own-incus.js';
import { isBreach, isRefusedStart } from './daemon-ends.js';
import { DaemonKeeper } from './daemon-keeper.js';
import { drawStrikes } from './draw-strikes.js';
import { type FaultKind, isAzureFault, type Strike } from './fault.js';
import { leastHoldings, settledHoldings } from './holdings.js';
import { slotsByDaemon, strays, whenWhole } from './pool-view.js';
import { SlotWatch } from './slot-watch.js';
import type { Stage } from './stage.js';
import { strike } from './strike.js';
import type { FaultTally, Tally } from './tally.js';
import { type Deed, endsAgent, type Hit, judgeJobs } from './verdict.js';

export interface ChaosRun {
  readonly seed: number;
  readonly minutes: number;
  readonly faults: readonly FaultKind[];
  /** A file for what all daemons logged. */
  readonly log: string | undefined;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

const AGENT_COUNT = 3;
const RESERVE = 1;
/** A little more than a base and a handful of agents need: there is to be something to fill. */
const STORAGE_GIB = 4;
const JOB_SECONDS = { from: 2, to: 7 };
/** A job's lock outlives an agent whose instance is gone by so long. */
const LOCK_MS = 30_000;
const FIRST_FILL_MS = 240_000;
/** A refused token holds up the daemon for a minute, a lost job for its lock. */
const LAST_FILL_MS = 180_000;

/** Lets faults loose on a pool that has jobs all the time, on an Incus of its own, and tells what came of it. */
export async function runChaos(run: ChaosRun): Promise<Tally> {
  run.say('starting a private Incus, and an emulator');
  await using own = await startOwnIncus(
    { storageSizeGiB: STORAGE_GIB, signal: run.signal },
    {
      agentCount: AGENT_COUNT,
      reserve: RESERVE,
      docker: false,
      registration: 'auto',
      http: { port: 0 },
      preparationTimeout: '20s',
      offlineGracePeriod: '10s',
      powerOffTimeout: '10s',
      orphanGracePeriod: '10s',
    },
    {
      emulator: { lockMs: LOCK_MS, sessionLapseMs: 15_000, pollHoldMs: 3_000, keepAliveMs: 5_000 },
      standIn: { errorPauseMs: [500, 1_500], signal: run.signal },
    },
  );
  await using keeper = new DaemonKeeper(own.scenario);
  return await inChaos(own, keeper, run);
}

async function inChaos({ incus, scenario }: OwnIncus, keeper: DaemonKeeper, run: ChaosRun): Promise<Tally> {
  const { faults, minutes, say, seed, signal } = run;
  const { emulator } = scenario;
  say('building the base and filling the pool');
  if (!(await whenWhole(scenario, RESERVE, FIRST_FILL_MS, signal)))
    throw new Error(`fill the pool: it is not whole after ${FIRST_FILL_MS / 1_000} s`);
  const before = await leastHoldings(await keeper.running(), incus.directory);

  const durationMs = minutes * 60_000;
  const strikes = drawStrikes(seed, durationMs, faults);
  say(`${strikes.length} faults in ${durationMs / 1_000} s`);
  const over = new AbortController();
  const hits: Hit[] = [];
  using slots = new SlotWatch(emulator, AGENT_COUNT);
  const random = new Random(seed + 1);
  using feeder = new JobFeeder(emulator, {
    unfinished: () => random.between(1, AGENT_COUNT + 1),
    seconds: () => random.between(JOB_SECONDS.from, JOB_SECONDS.to),
  });
  const stage: Stage = { incus, scenario, keeper, slots, hits, over: AbortSignal.any([over.signal, signal]) };
  const outcomes = await strikeAll(strikes, durationMs, stage, over, run);

  say(`the faults are over; ${feeder.unfinished} jobs are still to end`);
  signal.throwIfAborted();
  const gaveUp = delay(LAST_FILL_MS, undefined, { signal, ref: false }).catch(() => undefined);
  await Promise.race([feeder.stop(), gaveUp]);
  signal.throwIfAborted();
  const endedAt = Date.now();
  const isBack = await whenWhole(scenario, RESERVE, LAST_FILL_MS, signal);
  slots.look();
  // What comes after is no part of the run: a pool at rest would flatter it.
  const slotTimes = { counted: slots.counted, all: slots.all };
  const wholeAfterMs = isBack ? Date.now() - endedAt : undefined;
  say('looking for what was left behind');
  const daemon = await keeper.running();
  const after = await settledHoldings(daemon, incus.directory, before);
  if (run.log !== undefined) await writeLog(run.log, keeper, outcomes);
  const judged = judgeJobs(emulator.jobs(), hits, deedsOf(keeper));
  return {
    seed,
    minutes,
    agentCount: AGENT_COUNT,
    reserve: RESERVE,
    faults: faults.map((kind): FaultTally => {
      const met = outcomes.filter(outcome => outcome.kind === kind);
      const struck = met.filter(outcome => outcome.met).length;
      const jobsLost = judged.filter(({ fault }) => fault === kind).length;
      return { kind, struck, missed: met.length - struck, outageMs: slots.outageMs.get(kind) ?? 0, jobsLost };
    }),
    jobs: judged,
    wholeAfterMs,
    ...(await strays(scenario)),
    daemonLives: keeper.lives.length,
    daemonEnds: keeper.lives.filter(isBreach).map(lifeEnd),
    refusedStarts: keeper.lives.filter(isRefusedStart).length,
    before,
    after,
    slots: slotTimes,
    slotsByDaemon: await slotsByDaemon(daemon),
  };
}

interface Outcome {
  readonly kind: FaultKind;
  readonly met: boolean;
  /** When it began and when it was gone, epoch ms. */
  readonly from: number;
  readonly to: number;
}

/** Lets each fault strike at its time; those that exclude each other wait for each other. Ends with the last one gone. */
async function strikeAll(
  strikes: readonly Strike[],
  durationMs: number,
  stage: Stage,
  over: AbortController,
  { say }: ChaosRun,
): Promise<readonly Outcome[]> {
  const startedAt = performance.now();
  const queues = new Map<string, Promise<unknown>>();
  const outcomes: Promise<Outcome>[] = [];
  const until = async (ms: number) => {
    await delay(startedAt + ms - performance.now(), undefined, { signal: stage.over }).catch(() => undefined);
  };
  for (const drawn of strikes) {
    await until(drawn.atMs);
    if (stage.over.aborted) break;
    const queue = isAzureFault(drawn.kind) ? 'azure' : drawn.kind;
    const turn = (queues.get(queue) ?? Promise.resolve()).then(async () => {
      say(`${(drawn.atMs / 1_000).toFixed(0).padStart(4)} s  ${drawn.kind}`);
      const from = Date.now();
      const met = await strike(drawn, stage);
      return { kind: drawn.kind, met, from, to: Date.now() };
    });
    // Told of when all are awaited.
    queues.set(
      queue,
      turn.catch(() => undefined),
    );
    outcomes.push(turn);
  }
  await until(durationMs);
  over.abort();
  return await Promise.all(outcomes);
}

/** What the daemons did that ends an agent, as their logs tell. */
function deedsOf({ lives }: DaemonKeeper): readonly Deed[] {
  return lives.flatMap(({ daemon }) =>
    daemon.log
      .filter(line => line.msg === 'action started' && endsAgent(line))
      .map(({ name, time }) => ({ agent: String(name), at: Date.parse(String(time)) })),
  );
}

/** One JSON line for each line of a daemon and each fault, in the order of their times. */
async function writeLog(path: string, { lives }: DaemonKeeper, outcomes: readonly Outcome[]): Promise<void> {
  const faults = outcomes.map(({ from, ...rest }) => ({ time: new Date(from).toISOString(), msg: 'FAULT', ...rest }));
  const lines = [...faults, ...lives.flatMap(({ daemon }) => daemon.log)];
  const sorted = lines.map(line => ({ line, at: String((line as { time?: unknown }).time) }));
  sorted.sort((a, b) => a.at.localeCompare(b.at));
  await writeFile(path, sorted.map(({ line }) => `${JSON.stringify(line)}\n`).join(''));
}

function lifeEnd({ daemon, endedWith }: DaemonKeeper['lives'][number]): string {
  return `code ${endedWith}: ${daemon.stderr.trim().slice(-1_000) || JSON.stringify(daemon.log.at(-1))}`;
}
