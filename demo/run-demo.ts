import { buildImage } from '../testbed/image.js';
import { hostObstacle, prepareHost } from '../testbed/prepare-host.js';
import { type Scenario, startScenario } from '../testbed/scenario.js';
import { sweepScenarioDirectories } from '../testbed/scenario-directory.js';
import { imageCacheDirectory } from '../testbed/work-tree.js';
import type { Display } from './display.js';
import { type ExistingIncus, findExistingIncus } from './existing-incus.js';
import { describePlace, openIncusPlace } from './incus-place.js';
import { renderResults, renderTotals } from './results.js';
import { runJobs } from './run-jobs.js';
import { stateOf } from './view.js';

/** Something that the demo made could not be taken back. */
export class RemovalError extends Error {
  override readonly name = 'RemovalError';

  constructor(causes: readonly unknown[]) {
    const reasons = causes.map(cause => (cause instanceof Error ? cause.message : String(cause)));
    super(`remove what was made: ${reasons.join('; ')}`, { cause: causes[0] });
  }
}

const source = 'debian';
const daemonGraceMs = 1_500;

/**
 * Shows the whole of it: makes what is needed, runs the daemon on real containers, shows what happens, and takes
 * everything back, whatever comes in between.
 *
 * @returns whether every job ended as it was meant to, and nothing is left.
 * @throws Error when a step failed, or the signal's reason. Everything has been taken back then, too.
 */
export async function runDemo(display: Display, signal: AbortSignal): Promise<boolean> {
  const startedAt = performance.now();
  const obstacle = hostObstacle();
  if (obstacle !== undefined) throw new Error(`the demo cannot run here: ${obstacle}`);
  display.begin('Looking for Incus');
  await sweepScenarioDirectories();
  const existing = await findExistingIncus(signal);
  display.finish(describePlace(existing));

  const imageFiles = await prepare(existing, display, signal);
  display.begin('Incus and an emulated Azure Pipelines');
  const outcome = await inScenario(existing, imageFiles, display, signal);
  display.finish();

  const { jobs, found, remains } = outcome;
  const { columns, paint } = display;
  const lines = [
    '',
    ...renderResults(jobs, found, columns, paint),
    '',
    ...renderTotals(found, performance.now() - startedAt, remains, columns, paint),
  ];
  for (const line of lines) display.say(line);
  return jobs.every(job => stateOf(job) === 'right') && remains.containers === 0 && remains.registrations === 0;
}

/** Everything that stays for the next run: packages and the image. */
async function prepare(existing: ExistingIncus | undefined, display: Display, signal: AbortSignal) {
  const purpose = existing?.storagePool === undefined ? 'private-incus' : 'image';
  display.begin('Packages of the distribution');
  const installed = await prepareHost(line => display.detail(line), signal, purpose);
  display.finish(installed.length === 0 ? 'all there' : `installed ${installed.join(' ')}`);
  display.begin('Small image of the distribution');
  let isNew = false;
  const onProgress = (line: string) => {
    isNew = true;
    display.detail(line);
  };
  const files = await buildImage({ cacheDirectory: imageCacheDirectory(), onProgress, signal });
  display.finish(isNew ? 'built, and kept for the next run' : 'kept from an earlier run');
  return files;
}

async function inScenario(
  existing: ExistingIncus | undefined,
  imageFiles: Awaited<ReturnType<typeof prepare>>,
  display: Display,
  signal: AbortSignal,
) {
  const place = await openIncusPlace(existing, signal);
  const { socketPath, storagePool, bridge, gateway } = place;
  let scenario: Scenario | undefined;
  try {
    signal.throwIfAborted();
    scenario = await startScenario({
      socketPath,
      storagePool,
      bridge,
      gateway,
      image: source,
      imageFiles,
      standIn: { signal },
      settings: {
        agentCount: 3,
        reserve: 2,
        docker: true,
        registration: 'auto',
        agentPrefix: 'demo',
        maxCores: 2,
        maxRamInGb: 2,
        tmpfsSizeInGb: 0.25,
      },
    });
    signal.throwIfAborted();
    return await withDaemon(scenario, display, signal);
  } catch (error) {
    display.fail();
    throw error;
  } finally {
    display.watch(undefined);
    display.begin('Removal of everything that was made');
    await remove([scenario, place]);
    display.finish();
  }
}

/** Takes each back in turn, also when one before refuses to go. */
async function remove(made: readonly (AsyncDisposable | undefined)[]): Promise<void> {
  const causes: unknown[] = [];
  for (const one of made) {
    try {
      await one?.[Symbol.asyncDispose]();
    } catch (cause) {
      causes.push(cause);
    }
  }
  if (causes.length > 0) throw new RemovalError(causes);
}

async function withDaemon(scenario: Scenario, display: Display, signal: AbortSignal) {
  display.finish(scenario.emulator.url);
  const daemon = scenario.startDaemon(['run', '--config', scenario.configPath]);
  let impatience: NodeJS.Timeout | undefined;
  try {
    return await runJobs({ scenario, daemon, display, signal });
  } finally {
    // What the daemon is in the middle of is taken back with the project, so a long end is not waited for.
    impatience = setTimeout(() => void daemon.end('SIGKILL'), daemonGraceMs);
    await daemon.end();
    clearTimeout(impatience);
  }
}
