import { setTimeout as delay } from 'node:timers/promises';
import type { JobRecord } from 'azure-pipelines-emulator';
import {
  type Durations,
  type Forecast,
  forecast,
  loadConfig,
  type TracedJob,
  type Waits,
  waitsOf,
} from 'incus-azure-pipelines';
import { Program } from '../program.js';
import type { Figure, Outcome } from '../report/outcome.js';
import type { Table } from '../report/table.js';
import { seconds } from '../report/words.js';
import { durationsSeen, type SeenRun } from '../seen-durations.js';
import { Sightings } from '../sightings.js';
import { standInPackage } from '../stand-in-package.js';
import { isAgentName } from '../stand-in-work.js';
import type { Workbench } from '../workbench.js';

const START_DELAY_MS = 4_000;
const FILLED_MS = 240_000;
const MOST_OFF = 0.15;

/** A job of the trace: a working day of minutes, with a second for each. */
interface Wish {
  readonly atMs: number;
  readonly runSeconds: number;
}

interface Pool {
  readonly agentCount: number;
  readonly standby: number;
}

/** The first run tells how long everything takes on this host; none of its waits is judged. */
const FIRST: Pool = { agentCount: 3, standby: 3 };
const JUDGED: readonly Pool[] = [FIRST, { agentCount: 4, standby: 1 }];

interface Held {
  readonly pool: Pool;
  readonly foretold: Forecast;
  readonly measured: Waits;
}

/**
 * What `simulate` foretells, held against a real run of the same jobs in pools of the same size. How long guests and calls take is
 * from a run before; of the judged one the forecast knows when jobs were queued and how long they ran, as a trace tells it.
 */
export async function measurePrediction(workbench: Workbench): Promise<Outcome> {
  const { quick, registration, say, signal } = workbench;
  const agentPackage = await standInPackage({ startDelayMs: START_DELAY_MS, signal });
  await using program = await Program.start(workbench, { agentPackage });
  const day = bursts(quick ? 1 : 4);
  const durations = durationsSeen(await live(program, FIRST, bursts(1), workbench));
  say(`how long everything takes: ${JSON.stringify(durations)}`);
  const held: Held[] = [];
  for (const pool of JUDGED) {
    const { jobs } = await live(program, pool, day, workbench);
    const foretold = await foretell(program, pool, jobs, durations);
    const measured = waitsOf(jobs.map(waitedMs));
    held.push({ pool, foretold, measured });
    say(`${nameOf(pool)}: p95 foretold ${seconds(foretold.waits.p95Ms)}, measured ${seconds(measured.p95Ms)}`);
  }
  return {
    name: 'prediction',
    conditions: [
      `${day.length} jobs in bursts, a day of minutes with a second for each; the stand-in agent (Node), whose start takes`,
      `${START_DELAY_MS / 1000} s more; docker off; reserve 1; registration by the ${registration}; durations from a run before`,
    ].join(' '),
    figures: held.map(figureOf),
    tables: [waitsTable(held)],
    raw: { durations, held },
  };
}

/** Bursts of ten jobs of 6 to 18 seconds each, within five seconds. */
function bursts(count: number): readonly Wish[] {
  return Array.from({ length: count * 10 }, (_, n) => ({
    atMs: Math.floor(n / 10) * 50_000 + (n % 10) * 500,
    runSeconds: 6 + ((n * 7) % 13),
  }));
}

/** Lets the jobs come to a pool of this size that is whole; gives back what was seen once all are done. */
async function live(program: Program, pool: Pool, day: readonly Wish[], { signal }: Workbench): Promise<SeenRun> {
  const { emulator } = program.scenario;
  const onlineAt = new Map<string, number>();
  const online = new Sightings();
  const off = emulator.on(event => {
    if (event.kind !== 'agent-online' || !isAgentName(event.agentName)) return;
    onlineAt.set(event.agentName, event.at);
    online.add({ kind: 'online', name: event.agentName, at: event.at });
  });
  const before = new Set(emulator.jobs().map(({ requestId }) => requestId));
  try {
    return await program.run({ ...pool, reserve: 1 }, async daemon => {
      await online.reach('online', pool.standby, FILLED_MS, signal);
      const startedAt = Date.now();
      const ends: Promise<JobRecord>[] = [];
      for (const { atMs, runSeconds } of day) {
        await delay(Math.max(0, startedAt + atMs - Date.now()), undefined, { signal });
        ends.push(
          emulator.queueJob({ name: `job ${ends.length}`, steps: [{ script: `sleep ${runSeconds}` }] }).finished,
        );
      }
      await Promise.all(ends);
      const jobs = emulator.jobs().filter(({ requestId }) => !before.has(requestId));
      return { log: [...daemon.log], jobs, onlineAt };
    });
  } finally {
    off();
  }
}

async function foretell(
  { scenario }: Program,
  pool: Pool,
  jobs: readonly JobRecord[],
  durations: Durations,
): Promise<Forecast> {
  const { spec } = await loadConfig(scenario.configPath);
  const [configured] = spec.pools;
  if (configured === undefined) throw new Error('the configuration of the run has no pool');
  const { azurePollIntervalMs, maxConcurrentCreates } = spec;
  return forecast(
    jobs.map(traced),
    { ...configured, ...pool },
    { durations, azurePollIntervalMs, maxConcurrentCreates },
  );
}

function traced(job: JobRecord): TracedJob {
  const { finishedAt, queuedAt, receivedAt } = job;
  if (finishedAt === undefined || receivedAt === undefined) throw new Error(`${job.name} was never taken`);
  return { queuedAt, runMs: finishedAt - receivedAt, demands: [], waitedMs: waitedMs(job) };
}

function waitedMs({ name, queuedAt, receivedAt }: JobRecord): number {
  if (receivedAt === undefined) throw new Error(`${name} was never taken`);
  return receivedAt - queuedAt;
}

function nameOf({ agentCount, standby }: Pool): string {
  return standby < agentCount ? `${agentCount} agents, standby ${standby}` : `${agentCount} agents, of fixed size`;
}

function figureOf({ foretold, measured, pool }: Held): Figure {
  const off = foretold.waits.p95Ms / measured.p95Ms - 1;
  return {
    figure: `wait of 95 in 100 jobs, foretold for ${nameOf(pool)}`,
    measured: `${seconds(foretold.waits.p95Ms)} foretold, ${seconds(measured.p95Ms)} measured: ${(off * 100).toFixed(1)} % off`,
    floor: '',
    ratio: undefined,
    goal: 'within 15 %',
    isMet: Math.abs(off) <= MOST_OFF,
  };
}

function waitsTable(held: readonly Held[]): Table {
  const row = (name: string, { mostMs, p50Ms, p95Ms, p99Ms }: Waits) => [
    name,
    ...[p50Ms, p95Ms, p99Ms, mostMs].map(seconds),
  ];
  return {
    title: 'Waits in the queue',
    head: ['pool', 'p50', 'p95', 'p99', 'longest'],
    rows: held.flatMap(({ foretold, measured, pool }) => [
      row(`${nameOf(pool)}: foretold`, foretold.waits),
      row(`${nameOf(pool)}: measured`, measured),
    ]),
  };
}
