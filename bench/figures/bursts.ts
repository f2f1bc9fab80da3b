import { setTimeout as delay } from 'node:timers/promises';
import type { JobRecord } from 'azure-pipelines-emulator';
import type { DaemonProcess } from '../../testbed/daemon-process.js';
import { Lives } from '../lives.js';
import { Program } from '../program.js';
import type { Outcome } from '../report/outcome.js';
import { ShellBench } from '../shell-bench.js';
import { standInPackage } from '../stand-in-package.js';
import { isPlaceholderName } from '../stand-in-work.js';
import type { Workbench } from '../workbench.js';
import { type BareArrivals, type Bursts, burstFigures, burstsTable, type Left } from './burst-figures.js';

const STANDBYS = [0, 1, 4] as const;
/** How many jobs come at once, and how many times they do: of a single job one wait would say little. */
const SIZES = [
  { jobs: 1, times: 3 },
  { jobs: 8, times: 1 },
  { jobs: 30, times: 1 },
] as const;
/** More than any burst wants: what holds it up is the host, and no ceiling. */
const POOL = { agentCount: 40, reserve: 0, idleTimeout: '5s' };
const JOB_SECONDS = 2;
const REST_MS = 300_000;
const LOOK_MS = 250;

interface Pool {
  readonly program: Program;
  readonly daemon: DaemonProcess;
  readonly lives: Lives;
  readonly standby: number;
  readonly signal: AbortSignal;
}

/** How quickly a pool that scales has its agents when jobs come at once, how many it makes for them, and what it leaves behind. */
export async function measureBursts(workbench: Workbench): Promise<Outcome> {
  const { quick, registration, say, signal } = workbench;
  const sizes = SIZES.filter(({ jobs }) => !quick || jobs < 30);
  const bare = await bareArrivals(workbench, sizes);
  await using program = await Program.start(workbench, { agentPackage: await standInPackage({ signal }) });
  await using lives = new Lives(program.scenario.incus);
  const seen: Bursts[] = [];
  const left: Left[] = [];
  for (const standby of STANDBYS)
    await program.run({ ...POOL, standby }, async daemon => {
      const pool = { program, daemon, lives, standby, signal };
      if (standby === 0) await exampleMade(pool);
      for (const { jobs, times } of sizes) {
        const bursts = await burstsOf(pool, jobs, times);
        seen.push(bursts);
        say(`standby ${standby}, bursts of ${jobs}: ${JSON.stringify(bursts)}`);
      }
      left.push({ standby, names: await leftByDrain(pool) });
    });
  return {
    name: 'bursts',
    conditions: [
      `the stand-in agent (Node), a poll of the queue every 10 s, jobs of ${JOB_SECONDS} s, all of a burst queued at once; ${POOL.agentCount} agents at most,`,
      `no reserve, docker off, registration by the ${registration}; a job has started with its first line; the pool is at rest before each burst;`,
      'the floor is when agents come that bare calls make, from nothing: a shell agent, no queue to be read, nobody ends',
    ].join(' '),
    figures: burstFigures(seen, left, bare),
    tables: [burstsTable(seen)],
    raw: { seen, left, bare: Object.fromEntries(bare) },
  };
}

/** Lets bare calls make as many agents as each burst wants. */
async function bareArrivals(workbench: Workbench, sizes: readonly { readonly jobs: number }[]): Promise<BareArrivals> {
  const { say, signal } = workbench;
  await using shell = await ShellBench.start(workbench);
  const arrivals = new Map<number, readonly number[]>();
  for (const { jobs } of sizes) {
    const work = { loads: 0, jobSeconds: undefined, places: jobs };
    const startedAt = Date.now();
    const online = await shell.runBare({ agentCount: jobs, reserve: 0 }, work, async ({ sightings }) => {
      await sightings.reach('online', jobs, REST_MS, signal);
      return sightings.all.map(({ at }) => at - startedAt);
    });
    arrivals.set(jobs, online);
    say(`bare calls: ${jobs} agents within ${Math.max(...online)} ms`);
  }
  return arrivals;
}

/** An empty pool begins with one agent, of which its placeholder learns what agents offer. */
async function exampleMade({ daemon }: Pool): Promise<void> {
  await daemon.seen(({ kind, msg }) => kind === 'delete-registration' && msg === 'action done');
}

async function burstsOf(pool: Pool, jobs: number, times: number): Promise<Bursts> {
  const { program, lives, standby } = pool;
  const { emulator } = program.scenario;
  const ended: JobRecord[] = [];
  const agentsEver: number[] = [];
  await atRest(pool);
  for (let turn = 0; turn < times; turn++) {
    const begunAt = Date.now();
    const steps = [{ script: `echo begun; sleep ${JOB_SECONDS}` }];
    const queued = Array.from({ length: jobs }, (_, n) => emulator.queueJob({ name: `job ${n}`, steps }));
    ended.push(...(await Promise.all(queued.map(({ finished }) => finished))));
    await atRest(pool, new Set(ended.map(({ agentName }) => agentName)));
    agentsEver.push(standby + lives.createdSince(begunAt));
  }
  return {
    standby,
    jobs,
    waits: ended.flatMap(({ queuedAt, startedAt }) => (startedAt === undefined ? [] : [startedAt - queuedAt])),
    agentsEver,
    failed: ended.filter(({ result }) => result !== 'succeeded').length,
  };
}

/**
 * Waits until nothing is there but idle agents, as many as the standby, and a placeholder where that is none: at Azure and in Incus.
 * One of those that have had a job looks idle for a moment, and is not.
 */
async function atRest(
  { program, signal, standby }: Pool,
  used: ReadonlySet<string | undefined> = new Set(),
): Promise<void> {
  const { scenario } = program;
  const giveUp = AbortSignal.any([signal, AbortSignal.timeout(REST_MS)]);
  for (;;) {
    const agents = scenario.emulator.agents();
    const idle = agents.filter(one => one.status === 'online' && one.enabled && !used.has(one.name));
    const placeholders = agents.filter(({ name }) => isPlaceholderName(name));
    const isRegistered = idle.length === standby && placeholders.length === (standby === 0 ? 1 : 0);
    if (isRegistered && agents.length === standby + placeholders.length && (await guests(program)).length === standby)
      return;
    await delay(LOOK_MS, undefined, { signal: giveUp });
  }
}

/** Drains the host for good, and gives back whatever is there still. The drain is taken back: it would outlive the daemon. */
async function leftByDrain({ program }: Pool): Promise<readonly string[]> {
  const { scenario } = program;
  const { code, stderr } = await scenario.call('drain', '--all', '--remove-placeholder', '--wait');
  if (code !== 0) throw new Error(`drain: exit code ${code}: ${stderr}`);
  const left = [...scenario.emulator.agents().map(({ name }) => name), ...(await guests(program))];
  await scenario.call('resume');
  return left;
}

async function guests({ base, scenario }: Program): Promise<readonly string[]> {
  return (await scenario.instanceNames()).filter(name => name !== base);
}
