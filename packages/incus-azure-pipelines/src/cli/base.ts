/** The verbs about bases. A daemon that runs is asked; where none does, they do its part under its lock. */

import { type LoadedConfig, loadConfig } from '../config/load.js';
import { type Daemon, makeDaemon } from '../daemon.js';
import { systemClock } from '../lib/clock.js';
import { findInstallation, imagineInstallation } from '../lib/installation.js';
import { claim } from '../lib/single.js';
import { UserError } from '../lib/user-error.js';
import type { Action } from '../model/action.js';
import { type BasesDocument, basesDocument } from '../report/bases-document.js';
import { askDaemon, callDaemon, NoDaemonError } from './control.js';
import { DaemonError } from './daemon-error.js';
import { formatBases } from './format-bases.js';
import { formatJson } from './format-json.js';
import type { Output } from './output.js';
import { ProgressDisplay } from './progress-display.js';
import { stopSignals } from './stop-signals.js';

interface BaseOptions {
  readonly config: string;
}

const LOOK_MS = 120_000;
const POLL_MS = 300;

/** Lists the bases that are there and those that are wanted, with what each is kept for. */
export async function listBases(options: BaseOptions & { readonly json?: boolean }, output: Output): Promise<void> {
  const config = await loadConfig(options.config);
  const document = (await knownToDaemon(config)) ?? (await look(config));
  if (options.json) output.write(formatJson(document));
  else output.write(formatBases(document, Date.now(), output.screen?.().columns));
}

/** Builds the bases that pools want, of the newest image and agent. @throws Error when one cannot be built. */
export async function buildBases(pool: string | undefined, options: BaseOptions, output: Output): Promise<void> {
  const config = await loadConfig(options.config);
  const pools = poolsOf(config, pool);
  const display = new ProgressDisplay(output);
  try {
    const isAsked = (await knownToDaemon(config)) !== undefined;
    const names = isAsked ? await awaitDaemon(config, pools, display) : await buildHere(config, pools, display);
    for (const name of names) output.write(`${name}\n`);
  } finally {
    display.end();
  }
}

/** Deletes the bases that no pool needs. The last one of a pool that is known to work stays. */
export async function pruneBases(options: BaseOptions, { screen, write }: Output): Promise<void> {
  const config = await loadConfig(options.config);
  const asked = await knownToDaemon(config);
  if (asked !== undefined) write('The daemon that runs deletes by itself what no pool needs. What it keeps:\n\n');
  const document = asked ?? (await pruneHere(config, name => write(`Deleted ${name}.\n`)));
  write(formatBases(document, Date.now(), screen?.().columns));
}

/** What a daemon that runs knows of bases; undefined where none does. */
async function knownToDaemon({ spec }: LoadedConfig): Promise<BasesDocument | undefined> {
  try {
    return (await askDaemon(spec.controlSocketPath, '/bases')) as BasesDocument;
  } catch (error) {
    if (error instanceof NoDaemonError) return undefined;
    throw error;
  }
}

/** Has the daemon build them, and returns when they are ready. */
async function awaitDaemon(
  { spec }: LoadedConfig,
  pools: readonly string[],
  display: ProgressDisplay,
): Promise<readonly string[]> {
  const socket = spec.controlSocketPath;
  const query = new URLSearchParams(pools.map((pool): [string, string] => ['pool', pool]));
  const answer = (await callDaemon(socket, 'POST', `/bases/refresh?${query.toString()}`, LOOK_MS)) as {
    bases: readonly string[];
  };
  for (let seen = 0; ; ) {
    const { bases } = (await callDaemon(socket, 'GET', '/bases')) as BasesDocument;
    const wanted = bases.filter(({ name }) => answer.bases.includes(name));
    for (const { name, failure } of wanted)
      if (failure !== undefined) throw new DaemonError(`build base "${name}": ${failure.error}`);
    if (wanted.length === answer.bases.length && wanted.every(({ state }) => state === 'ready')) return answer.bases;
    // Until it has passed once, the daemon shows what it wanted before.
    if (wanted.length < seen) throw new DaemonError('image or agent has changed while the base was built; try again');
    seen = wanted.length;
    const progress = wanted.flatMap(base => base.progress ?? [])[0];
    if (progress !== undefined) display.show(progress);
    await systemClock.sleep(POLL_MS);
  }
}

async function buildHere(
  config: LoadedConfig,
  pools: readonly string[],
  display: ProgressDisplay,
): Promise<readonly string[]> {
  return underLock(config, async (daemon, signal) => {
    daemon.events.on('progress', ({ progress }) => display.show(progress));
    const names = await daemon.wantedBases.refresh(pools, signal);
    const isWanted = (action: Action) => action.kind === 'build-base' && names.includes(action.base);
    for (const action of (await lookWith(daemon, signal)).actions.filter(isWanted))
      await daemon.perform(action, signal);
    return names;
  });
}

async function pruneHere(config: LoadedConfig, told: (name: string) => void): Promise<BasesDocument> {
  return underLock(config, async (daemon, signal) => {
    for (const action of (await lookWith(daemon, signal)).actions) {
      if (action.kind !== 'delete-base') continue;
      await daemon.perform(action, signal);
      told(action.base);
    }
    return (await lookWith(daemon, signal)).document;
  });
}

/** Does something in place of a daemon, which none can then begin meanwhile. */
async function underLock<T>(
  config: LoadedConfig,
  deed: (daemon: Daemon, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  using stop = stopSignals(() => {});
  await using daemon = await makeDaemon(config, stop.signal);
  await using _single = await claim(daemon.installation);
  return await deed(daemon, stop.signal).catch((error: unknown) => {
    throw stop.signal.aborted ? new DaemonError('stopped before the end; nothing half-made is left') : plain(error);
  });
}

/** What was said in one sentence needs no stack. */
function plain(error: unknown): unknown {
  return error instanceof Error && error.constructor === Error ? new DaemonError(error.message) : error;
}

async function look(config: LoadedConfig): Promise<BasesDocument> {
  const { stateDirectory } = config.spec;
  const installation = (await findInstallation(stateDirectory)) ?? imagineInstallation(stateDirectory);
  const signal = AbortSignal.timeout(LOOK_MS);
  await using daemon = await makeDaemon(config, signal, { installation });
  return (await lookWith(daemon, signal)).document;
}

async function lookWith(daemon: Daemon, signal: AbortSignal) {
  const { observed, plan } = await daemon.look(signal);
  if (!observed.bases.known) throw new DaemonError(`look at the bases: ${observed.bases.error}`);
  return { actions: plan.actions, document: basesDocument(daemon.spec.pools, observed) };
}

function poolsOf({ spec }: LoadedConfig, pool: string | undefined): readonly string[] {
  const names = spec.pools.map(({ name }) => name);
  if (pool === undefined) return names;
  if (names.includes(pool)) return [pool];
  throw new UserError(`no pool "${pool}" in the configuration; it has ${names.join(', ')}`);
}
