/** Builds the parts of the daemon, hands them to each other, and takes them apart again in the reverse order. */
import type { IncusClient } from 'incus-client';
import { expectNoRestart } from './config/difference.js';
import type { LoadedConfig } from './config/load.js';
import { AgentCache } from './execute/base/agent-cache.js';
import { makeExecutors } from './execute/executors.js';
import { Isolation } from './execute/isolation.js';
import { KeyStock, type KeyStockOptions } from './execute/registration/key-stock.js';
import { MissingAuthorizationError } from './execute/registration/register.js';
import { type Clock, systemClock } from './lib/clock.js';
import { Events } from './lib/events.js';
import { forMany } from './lib/for-many.js';
import { hostSees } from './lib/host-sees.js';
import { findInstallation, type Installation, openInstallation } from './lib/installation.js';
import { rememberKnownPools } from './lib/known-pools.js';
import { lateAfter } from './lib/late-after.js';
import type { Action } from './model/action.js';
import type { DaemonEvents, Emit } from './model/event.js';
import type { DaemonSpec, PoolSpec } from './model/pool.js';
import type { StorageFacts } from './model/storage.js';
import { openIncus } from './observe/clients.js';
import { isThisHost, mostInstances, readInotifyLimit } from './observe/host-limits.js';
import { HostWatch } from './observe/host-watch.js';
import { isolationObstacle } from './observe/id-maps.js';
import { IncusObserver } from './observe/incus-observer.js';
import { checkIncus } from './observe/start-checks.js';
import { instanceCeiling } from './plan/target.js';
import type { Pass } from './reconcile/controller.js';
import { DrainWishes } from './reconcile/drain-wishes.js';
import { forgetEnded } from './reconcile/forget-ended.js';
import { rememberHostsAtWork } from './reconcile/hosts-at-work.js';
import { perform } from './reconcile/perform.js';
import { PoolsInForce } from './reconcile/pools-in-force.js';
import { Reconciler } from './reconcile/reconciler.js';
import { RegistrationModes } from './reconcile/registration-modes.js';
import { settingsOf } from './reconcile/settings.js';
import { WantedBases } from './reconcile/wanted-bases.js';

export interface Daemon extends AsyncDisposable {
  /** What the configuration in force asks for. */
  readonly spec: DaemonSpec;
  readonly installation: Installation;
  readonly reconciler: Reconciler;
  readonly events: Events<DaemonEvents>;
  readonly wishes: DrainWishes;
  readonly wantedBases: WantedBases;
  readonly storage: StorageFacts | undefined;
  /** The pools that are in force, with what is read of their agent pools. */
  readonly pools: Pick<PoolsInForce, 'azureOf' | 'onlookers' | 'observers'>;
  /** One look and one plan, nothing done. */
  look(signal: AbortSignal): Promise<Pass>;
  /**
   * Puts another configuration in force, whole or not at all. Agents, ledger, wishes and records stay.
   *
   * @throws UserError, PassingError or AzurePipelinesError where that cannot be; then nothing has changed.
   */
  reload(config: LoadedConfig, signal: AbortSignal): Promise<void>;
  /** Does one thing that a look has decided. @throws whatever goes wrong. */
  perform(action: Action, signal: AbortSignal): Promise<void>;
  /** Runs until the signal aborts; then waits, for a bounded time, for actions that are under way. */
  run(signal: AbortSignal): Promise<void>;
}

/** Actions that are under way at the end get this long; what they leave half-made is found again by the next daemon. */
const ENDING_MS = 20_000;

export interface MakeDaemonOptions {
  readonly installation?: Installation;
  /** Runs every pause of the daemon; the system's own unless a test owns the time. */
  readonly clock?: Clock;
  /** Makes the keys of agents. */
  readonly makeKey?: KeyStockOptions['make'];
  /** In [0, 1): spreads the pauses. */
  readonly random?: () => number;
  /** Tells how many inotify instances the host allows; the host itself unless a test is to have the same everywhere. */
  readonly readInotifyLimit?: () => Promise<number>;
}

/**
 * Connects everything and checks it, loudly: whatever is wrong at the start is said, and nothing has been touched. The
 * state directory is made, unless an `installation` is given, which is how to look without leaving a trace.
 *
 * @throws UserError, PassingError or AzurePipelinesError, whose message is one sentence with its remedy.
 */
export async function makeDaemon(
  config: LoadedConfig,
  signal: AbortSignal,
  options: MakeDaemonOptions = {},
): Promise<Daemon> {
  const given = { clock: systemClock, random: Math.random, readInotifyLimit, ...options };
  const events = new Events<DaemonEvents>(error => process.emitWarning(String(error)));
  // A certificate in it could not be read either, which is not what has to be mended.
  if (options.installation === undefined) await findInstallation(config.spec.stateDirectory);
  const emit: Emit = (name, event) => events.emit(name, event);
  const incus = await openIncus(config.spec, emit);
  const pools = new PoolsInForce({ ...given, wayOut: config.wayOut, emit });
  try {
    return await assemble(config, incus, pools, events, given, signal);
  } catch (error) {
    await pools[Symbol.asyncDispose]();
    await incus.close();
    throw error;
  }
}

type Given = Pick<MakeDaemonOptions, 'installation' | 'makeKey'> &
  Required<Pick<MakeDaemonOptions, 'clock' | 'random' | 'readInotifyLimit'>>;

async function assemble(
  config: LoadedConfig,
  incus: IncusClient,
  pools: PoolsInForce,
  events: Events<DaemonEvents>,
  { installation: given, clock, makeKey, random, readInotifyLimit }: Given,
  signal: AbortSignal,
): Promise<Daemon> {
  const { spec } = config;
  const emit: Emit = (name, event) => events.emit(name, event);
  const check = (pools: readonly PoolSpec[], s: AbortSignal) =>
    checkIncus(incus, { isThisHost: isThisHost(spec.incus), pools }, s);
  const facts = await check(spec.pools, signal);
  pools.take(await pools.prepare(config, signal));
  const installation = given ?? (await openInstallation(spec.stateDirectory));
  if (given === undefined) await rememberKnownPools(installation, pools.observers.keys());
  const wishes = await DrainWishes.open(installation, spec.pools);
  const incusObserver = new IncusObserver(incus, installation.ownerId, clock);
  const most = () => mostInstances(pools.spec.pools, instanceCeiling);
  const executorParts = {
    incus,
    wayOut: pools.wayOut,
    hostSees: (name: string) => hostSees(spec.project, name),
    ownerId: installation.ownerId,
    owner: installation.owner,
    pools: pools.parts,
    left: pools.left,
    ...facts,
    agentCache: new AgentCache({ directory: `${spec.stateDirectory}/cache`, now: () => clock.now() }),
    isolation: new Isolation({
      off: isolationObstacle(facts.isolatedMaps, most()),
      onOff: why => emit('isolation-off', { why }),
    }),
    keys: new KeyStock({
      clock,
      ...(makeKey && { make: makeKey }),
      onChange: (ready, wanted) => emit('keys-changed', { ready, wanted }),
    }),
    clock,
    emit,
  };
  const registration = new RegistrationModes({ ...executorParts, installation, random });
  pools.registeredBy(registration);
  const wantedBases = new WantedBases({
    ...executorParts,
    random,
    readBases: async readSignal => (await incusObserver.read(readSignal)).bases,
  });
  const executors = makeExecutors(executorParts);
  const host = new HostWatch({
    instances: () => (isThisHost(spec.incus) ? most() : undefined),
    intervalMs: spec.reconcileIntervalMs,
    clock,
    readInotifyLimit,
    sources: () => ({ ...executorParts, spec: pools.spec }),
  });
  const reconciler = new Reconciler({
    ...settingsOf(spec),
    owner: installation.owner,
    incus: incusObserver,
    azure: pools.observers,
    wantedBases: () => wantedBases.readings,
    wishes,
    registration: () => registration.modes,
    host,
    executors,
    clock,
    random,
    emit,
  });
  // What its name stands for may have changed since it was named.
  events.on('action-failed', ({ action }) => action.kind === 'build-base' && wantedBases.ring());
  wishes.onChange(() => reconciler.ring());
  rememberHostsAtWork(events, { pools: pools.parts, installation, registration });
  events.on('agent-registered', ({ agentId, name }) => reconciler.noteRegistered(name, agentId));
  events.on('log-collected', log => reconciler.noteRegistration(log.pool, log.name, log.registrationError));
  events.on('pass-ended', () => pools.keepOnly(reconciler.last?.observed));

  return {
    get spec() {
      return pools.spec;
    },
    installation,
    reconciler,
    events,
    wishes,
    wantedBases,
    storage: facts.storage,
    pools,
    async look(lookSignal) {
      await Promise.all([host.look(), host.readRoom(lookSignal)]);
      await registration.recall();
      await wantedBases.resolve(lookSignal);
      await Promise.all([...pools.observers.values()].map(observer => observer.read(lookSignal)));
      return reconciler.pass(lookSignal);
    },
    async reload(next, reloadSignal) {
      expectNoRestart(pools.spec, next.spec);
      const before = new Map(pools.parts);
      const found = await check(next.spec.pools, reloadSignal);
      const prepared = await pools.prepare(next, reloadSignal);
      await rememberKnownPools(installation, prepared.observers.keys()).catch(async error => {
        await prepared.clients[Symbol.asyncDispose]();
        throw error;
      });
      pools.take(prepared);
      wishes.takePools(next.spec.pools);
      registration.takePools();
      wantedBases.takePools(before);
      Object.assign(executorParts, found);
      executorParts.isolation.reckon(isolationObstacle(found.isolatedMaps, most()));
      reconciler.take(settingsOf(next.spec));
    },
    perform: (action, deedSignal) => perform(executors, action, deedSignal),
    async run(runSignal) {
      const failed = new AbortController();
      // No fall-back and no next try: every agent of such a server would have to keep the token of the organisation.
      const off = events.on('action-failed', ({ error }) => {
        if (error instanceof MissingAuthorizationError) failed.abort(error);
      });
      const azureReadings = () => [...pools.observers.values()].map(({ reading }) => reading);
      forgetEnded(events, wishes, () => ({ agents: reconciler.last?.observed.agents, azure: azureReadings() }));
      await host.look();
      const { off: whyShared } = executorParts.isolation;
      if (whyShared !== undefined) emit('isolation-off', { why: whyShared });
      const stop = forMany(AbortSignal.any([runSignal, failed.signal]));
      const late = lateAfter(stop, ENDING_MS, clock);
      const ring = () => reconciler.ring();
      const loops = [
        pools.read(() => reconciler.azureRead(), stop),
        incusObserver.follow(withinMs => reconciler.ring(withinMs), stop),
        wantedBases.follow(ring, stop),
        host.follow(stop),
        pools.follow(turn => registration.follow(ring, turn), stop),
        reconciler.run(stop, late.signal),
      ];
      // One loop that breaks ends them all: half a daemon would look like a whole one.
      await Promise.all(loops).catch(error => failed.abort(error));
      await Promise.allSettled(loops);
      late[Symbol.dispose]();
      off();
      if (failed.signal.aborted) throw failed.signal.reason;
    },
    async [Symbol.asyncDispose]() {
      await executorParts.keys[Symbol.asyncDispose]();
      await pools[Symbol.asyncDispose]();
      await incus.close();
    },
  };
}
