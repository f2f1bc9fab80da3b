/** Builds the parts of the daemon, hands them to each other, and takes them apart again in the reverse order. */
import type { AzurePipelinesClient } from 'azure-pipelines-client';
import type { LoadedConfig } from './config/load.js';
import { AgentCache } from './execute/base/agent-cache.js';
import { makeExecutors } from './execute/executors.js';
import { Isolation } from './execute/isolation.js';
import type { PoolParts } from './execute/parts.js';
import { KeyStock, type KeyStockOptions } from './execute/registration/key-stock.js';
import { MissingAuthorizationError } from './execute/registration/register.js';
import { registrationTarget } from './execute/registration/registration-target.js';
import { type Clock, systemClock } from './lib/clock.js';
import { Events } from './lib/events.js';
import { hostSees } from './lib/host-sees.js';
import { Identities } from './lib/identity/identities.js';
import { findInstallation, type Installation, openInstallation } from './lib/installation.js';
import { rememberKnownPools } from './lib/known-pools.js';
import { lateAfter } from './lib/late-after.js';
import { required } from './lib/required.js';
import type { Action } from './model/action.js';
import type { DaemonEvents, Emit } from './model/event.js';
import { azureKey, type DaemonSpec, isScaled, type PoolSpec } from './model/pool.js';
import type { StorageFacts } from './model/storage.js';
import { AzureObserver } from './observe/azure-observer.js';
import { type Clients, openClients } from './observe/clients.js';
import { isThisHost, mostInstances, readInotifyLimit } from './observe/host-limits.js';
import { HostWatch } from './observe/host-watch.js';
import { isolationObstacle } from './observe/id-maps.js';
import { IncusObserver } from './observe/incus-observer.js';
import { pollingOf } from './observe/poll-spacing.js';
import { reachAgentPool } from './observe/reach-agent-pool.js';
import { checkIncus } from './observe/start-checks.js';
import { instanceCeiling } from './plan/target.js';
import type { Pass } from './reconcile/controller.js';
import { DrainWishes } from './reconcile/drain-wishes.js';
import { forgetEnded } from './reconcile/forget-ended.js';
import { rememberHostsAtWork } from './reconcile/hosts-at-work.js';
import { perform } from './reconcile/perform.js';
import { Reconciler } from './reconcile/reconciler.js';
import { RegistrationModes } from './reconcile/registration-modes.js';
import { WantedBases } from './reconcile/wanted-bases.js';

export interface Daemon extends AsyncDisposable {
  readonly spec: DaemonSpec;
  readonly installation: Installation;
  readonly reconciler: Reconciler;
  readonly events: Events<DaemonEvents>;
  readonly wishes: DrainWishes;
  readonly wantedBases: WantedBases;
  readonly storage: StorageFacts | undefined;
  /** By pool: what Azure was read as. */
  readonly azure: ReadonlyMap<string, AzureObserver>;
  /** One look and one plan, nothing done. */
  look(signal: AbortSignal): Promise<Pass>;
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
  const identities = new Identities(config.credentials, given.clock);
  const clients = await openClients(config, identities, (name, event) => events.emit(name, event), given.clock);
  try {
    return await assemble(config.spec, identities, clients, events, given, signal);
  } catch (error) {
    await clients[Symbol.asyncDispose]();
    throw error;
  }
}

type Given = Pick<MakeDaemonOptions, 'installation' | 'makeKey'> &
  Required<Pick<MakeDaemonOptions, 'clock' | 'random' | 'readInotifyLimit'>>;

async function assemble(
  spec: DaemonSpec,
  identities: Identities,
  clients: Clients,
  events: Events<DaemonEvents>,
  { installation: given, clock, makeKey, random, readInotifyLimit }: Given,
  signal: AbortSignal,
): Promise<Daemon> {
  const emit: Emit = (name, event) => events.emit(name, event);
  const { incus, wayOut } = clients;
  const facts = await checkIncus(incus, { isThisHost: isThisHost(spec.incus), pools: spec.pools }, signal);
  const observers = new Map<string, AzureObserver>();
  const pools = new Map<string, PoolParts>();
  for (const pool of spec.pools) {
    const client = required(clients.azure.get(pool.name), pool.name);
    const observer = observers.get(azureKey(pool.azure)) ?? observe(client, pool, spec, { clock, random });
    observers.set(azureKey(pool.azure), observer);
    await reachAgentPool(observer, pool.azure, spec.stateDirectory, signal);
    const agentPoolId = (s: AbortSignal) => observer.poolId(s);
    pools.set(pool.name, {
      spec: pool,
      azure: client,
      agentPoolId,
      registrationTarget: registrationTarget(client, pool.azure.agentPool, agentPoolId),
      registration: () => registration.of(pool.name),
      token: () => identities.of(pool.name).token(),
    });
  }
  const installation = given ?? (await openInstallation(spec.stateDirectory));
  if (given === undefined) await rememberKnownPools(installation, observers.keys());
  const wishes = await DrainWishes.open(installation, spec.pools);
  const incusObserver = new IncusObserver(incus, installation.ownerId, clock);
  const most = mostInstances(spec.pools, instanceCeiling);
  const executorParts = {
    incus,
    wayOut,
    hostSees: (name: string) => hostSees(spec.project, name),
    ownerId: installation.ownerId,
    owner: installation.owner,
    pools,
    ...facts,
    agentCache: new AgentCache({ directory: `${spec.stateDirectory}/cache`, now: () => clock.now() }),
    isolation: new Isolation({
      off: isolationObstacle(facts.isolatedMaps, most),
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
  const wantedBases = new WantedBases({
    ...executorParts,
    random,
    readBases: async readSignal => (await incusObserver.read(readSignal)).bases,
  });
  const executors = makeExecutors(executorParts);
  const host = new HostWatch({
    instances: isThisHost(spec.incus) ? most : undefined,
    intervalMs: spec.reconcileIntervalMs,
    clock,
    readInotifyLimit,
  });
  const reconciler = new Reconciler({
    desired: spec.pools,
    owner: installation.owner,
    incus: incusObserver,
    azure: observers,
    wantedBases: () => wantedBases.readings,
    wishes,
    registration: () => registration.modes,
    creationBlocked: () => host.obstacle,
    executors,
    clock,
    random,
    emit,
    reconcileIntervalMs: spec.reconcileIntervalMs,
    maxConcurrentCreates: spec.maxConcurrentCreates,
  });
  // What its name stands for may have changed since it was named.
  events.on('action-failed', ({ action }) => action.kind === 'build-base' && wantedBases.ring());
  wishes.onChange(() => reconciler.ring());
  rememberHostsAtWork(events, { pools, installation, registration });
  events.on('log-collected', ({ pool, name, registrationError }) =>
    reconciler.noteRegistration(pool, name, registrationError),
  );

  return {
    spec,
    installation,
    reconciler,
    events,
    wishes,
    wantedBases,
    storage: facts.storage,
    azure: new Map(spec.pools.map(pool => [pool.name, required(observers.get(azureKey(pool.azure)), pool.name)])),
    async look(lookSignal) {
      await host.look();
      await registration.recall();
      await wantedBases.resolve(lookSignal);
      await Promise.all([...observers.values()].map(observer => observer.read(lookSignal)));
      return reconciler.pass(lookSignal);
    },
    perform: (action, deedSignal) => perform(executors, action, deedSignal),
    async run(runSignal) {
      const failed = new AbortController();
      // No fall-back and no next try: every agent of such a server would have to keep the token of the organisation.
      const off = events.on('action-failed', ({ error }) => {
        if (error instanceof MissingAuthorizationError) failed.abort(error);
      });
      const azureReadings = () => [...observers.values()].map(({ reading }) => reading);
      forgetEnded(events, wishes, () => ({ agents: reconciler.last?.observed.agents, azure: azureReadings() }));
      await host.look();
      const { off: whyShared } = executorParts.isolation;
      if (whyShared !== undefined) emit('isolation-off', { why: whyShared });
      const stop = AbortSignal.any([runSignal, failed.signal]);
      const late = lateAfter(stop, ENDING_MS, clock);
      const ring = () => reconciler.ring();
      const loops = [
        ...[...observers.values()].map(observer => observer.follow(() => reconciler.azureRead(), stop)),
        incusObserver.follow(withinMs => reconciler.ring(withinMs), stop),
        wantedBases.follow(ring, stop),
        host.follow(stop),
        registration.follow(ring, stop),
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
      await clients[Symbol.asyncDispose]();
    },
  };
}

function observe(
  client: AzurePipelinesClient,
  pool: PoolSpec,
  spec: DaemonSpec,
  given: Pick<Given, 'clock' | 'random'>,
): AzureObserver {
  const jobRequests = isScaled(pool.azure, spec.pools) ? client.jobRequests : undefined;
  return new AzureObserver({ ...given, ...pollingOf(pool.azure, spec), client, jobRequests });
}
