import { connectIncus, type IncusClient } from 'incus-client';
import type { TestProject } from 'vitest/node';
import type { ProvidedTestbed, Testbed } from './for-tests.js';
import { freePort } from './free-port.js';
import { type Gate, makeGate } from './gate.js';
import { buildImage } from './image.js';
import { listInstances } from './incus-command.js';
import { leftovers } from './leftovers.js';
import { hostObstacle, missingPackages } from './prepare-host.js';
import { type PrivateIncus, startPrivateIncus } from './private-incus.js';
import { makeShelf, removeShelf } from './shelf.js';
import { strayProcesses } from './stray-processes.js';
import { imageCacheDirectory } from './work-tree.js';

/** One private Incus for the whole run, whatever number of projects ask for it. */
interface SharedTestbed {
  readonly provided: ProvidedTestbed;
  /** It comes up while the tests that do without it run. */
  readonly incus?: Promise<PrivateIncus>;
  readonly gate?: Gate;
  /** Gives up what is still coming up. */
  readonly stop?: AbortController;
}

interface Sharing {
  users: number;
  testbed: Promise<SharedTestbed>;
}

const IMAGE = 'debian';
// Vitest loads this file once for each project that names it, so a variable of the module would be two.
const key = Symbol.for('incus-azure-pipelines.testbed');
const shared = globalThis as { [key]?: Sharing | undefined };

/** Starts the testbed of the run, or joins it, and provides it to the project's tests. */
export async function setup(project: TestProject): Promise<void> {
  // The tests' own results are in by then; a few guests take longer to go than the default of 10 s allows for.
  project.vitest.config.teardownTimeout = Math.max(project.vitest.config.teardownTimeout, 120_000);
  shared[key] ??= { users: 0, testbed: startShared() };
  shared[key].users += 1;
  project.provide('testbed', (await shared[key].testbed).provided);
}

/** Takes the testbed down with its last user, and fails the run when anything is left behind. */
export async function teardown(): Promise<void> {
  const sharing = shared[key];
  if (sharing === undefined) return;
  sharing.users -= 1;
  if (sharing.users > 0) return;
  shared[key] = undefined;
  const { incus: coming, gate, stop } = await sharing.testbed;
  stop?.abort(new Error('the tests ended before their Incus was there'));
  await gate?.[Symbol.asyncDispose]();
  // Why it did not come up is in the results of all who waited for it.
  const incus = await coming?.catch(() => undefined);
  if (incus === undefined) return;
  await onIncus(incus, removeShelf).catch(() => undefined);
  const instances = await listInstances(incus.directory, 10_000).catch(() => []);
  await incus[Symbol.asyncDispose]();
  const left = [
    ...instances.map(({ project, name }) => `instance ${project}/${name}`),
    ...(await leftovers()),
    ...strayProcesses().map(({ pid, directory }) => `process ${pid} in ${directory}`),
  ];
  if (left.length === 0) return;
  // Vitest reports an error of a teardown, yet ends with success.
  process.exitCode = 1;
  throw new Error(`the tests left behind: ${left.join(', ')}`);
}

async function startShared(): Promise<SharedTestbed> {
  const reason = hostObstacle() ?? (await missingProgram());
  if (reason !== undefined) return { provided: { available: false, reason } };
  const stop = new AbortController();
  const incus = startIncus(stop.signal);
  const gate = await makeGate(incus.then(describeTestbed));
  return { provided: { available: true, gate: gate.path }, incus, gate, stop };
}

async function startIncus(stop: AbortSignal): Promise<PrivateIncus> {
  const onProgress = (line: string): void => void process.stderr.write(`${line}\n`);
  const files = await buildImage({ cacheDirectory: imageCacheDirectory(), onProgress, signal: stop });
  const incus = await startPrivateIncus({ httpsAddress: `127.0.0.1:${await freePort()}` });
  try {
    await incus.importImage(files, IMAGE);
    await onIncus(incus, makeShelf);
    return incus;
  } catch (error) {
    await incus[Symbol.asyncDispose]();
    throw error;
  }
}

async function onIncus({ socketPath }: PrivateIncus, work: (root: IncusClient) => Promise<void>): Promise<void> {
  await using root = connectIncus({ connection: { kind: 'unix', socketPath } });
  await work(root);
}

function describeTestbed({ socketPath, directory, bridge, gateway, storagePool }: PrivateIncus): Testbed {
  return { socketPath, directory, image: IMAGE, bridge, gateway, storagePool };
}

async function missingProgram(): Promise<string | undefined> {
  const missing = await missingPackages();
  return missing.length === 0 ? undefined : `not installed: ${missing.join(', ')} ("npm test" as root installs them)`;
}
