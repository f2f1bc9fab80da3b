import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { buildStandInPackage } from 'azure-pipelines-emulator';
import { readProcessCost } from '../bench/processes.js';
import { Program } from '../bench/program.js';
import { replacementsOf } from '../bench/sightings.js';
import { Watcher } from '../bench/stand-in-work.js';
import type { Workbench } from '../bench/workbench.js';
import type { DaemonProcess } from '../testbed/daemon-process.js';
import { JobFeeder } from '../testbed/job-feeder.js';
import { cacheDirectory } from '../testbed/work-tree.js';
import type { Point } from './series.js';

/** What was seen of a pool at work. */
export interface Soak {
  readonly durationMs: number;
  readonly jobs: number;
  readonly failedJobs: number;
  readonly residentMib: readonly Point[];
  readonly descriptors: readonly Point[];
  /** From the end of a job until the next agent is online, at that end. */
  readonly replacementSeconds: readonly Point[];
}

export const PLACES = 4;
export const RESERVE = 2;
export const JOB_SECONDS = 2;
const FILL_MS = 240_000;
const MIB = 1024 ** 2;
/** So many looks at the daemon, at most one a second. */
const LOOKS = 600;

/** Gives a pool jobs without a pause, and looks at the daemon all the while. */
export async function runSoak(workbench: Workbench, minutes: number): Promise<Soak> {
  const { say, signal } = workbench;
  const agentPackage = await buildStandInPackage({
    cacheDirectory: join(cacheDirectory(), 'stand-in'),
    pollPauseMs: [0, 0],
    signal,
  });
  await using program = await Program.start(workbench, { agentPackage });
  const { emulator } = program.scenario;
  const durationMs = minutes * 60_000;
  return await program.run({ agentCount: PLACES, reserve: RESERVE }, async daemon => {
    using watcher = new Watcher(emulator);
    const { sightings } = watcher;
    await sightings.reach('online', PLACES, FILL_MS, signal);
    say(`jobs of ${JOB_SECONDS} s run through ${PLACES} agents for ${minutes} min`);
    const startedAt = Date.now();
    using feeder = new JobFeeder(emulator, { unfinished: () => PLACES, seconds: () => JOB_SECONDS });
    const looks = await lookAt(daemon, { startedAt, durationMs, signal });
    await feeder.stop();
    const jobs = emulator.jobs();
    return {
      durationMs,
      jobs: jobs.length,
      failedJobs: jobs.filter(({ result }) => result !== 'succeeded').length,
      ...looks,
      replacementSeconds: replacementsOf(sightings.all, PLACES).map(({ doneAt, onlineAt }) => ({
        atMs: doneAt - startedAt,
        value: (onlineAt - doneAt) / 1_000,
      })),
    };
  });
}

async function lookAt(
  daemon: DaemonProcess,
  { durationMs, signal, startedAt }: { startedAt: number; durationMs: number; signal: AbortSignal },
): Promise<Pick<Soak, 'residentMib' | 'descriptors'>> {
  const pauseMs = Math.max(1_000, durationMs / LOOKS);
  const residentMib: Point[] = [];
  const descriptors: Point[] = [];
  for (let atMs = 0; atMs <= durationMs; atMs = Date.now() - startedAt) {
    const cost = await readProcessCost(daemon.pid);
    residentMib.push({ atMs, value: cost.residentBytes / MIB });
    descriptors.push({ atMs, value: cost.descriptors });
    await delay(pauseMs, undefined, { signal });
  }
  return { residentMib, descriptors };
}
