/** Builds the parts of the daemon, hands them to each other, and takes them apart again in the reverse order. */
import { readFile } from 'node:fs/promises';
import { type AzurePipelinesClient, connectAzurePipelines } from 'azure-pipelines-client';
import { type Connection, connectIncus, type IncusClient } from 'incus-client';
import type { CredentialSource } from './config/credential.js';
import type { LoadedConfig } from './config/load.js';
import { makeExecutors } from './execute/executors.js';
import type { PoolParts } from './execute/parts.js';
import { KeyStock } from './execute/registration/key-stock.js';
import { registrationTarget } from './execute/registration/registration-target.js';
import { type Clock, systemClock } from './lib/clock.js';
import { Events } from './lib/events.js';
import { type Installation, openInstallation } from './lib/installation.js';
import type { DaemonEvents, Emit } from './model/event.js';
import type { DaemonSpec, IncusTarget, PoolSpec } from './model/pool.js';
import { AzureObserver } from './observe/azure-observer.js';
import { hostObstacle, mostInstances } from './observe/host-limits.js';
import { IncusObserver } from './observe/incus-observer.js';
import { azureKey } from './observe/join.js';
import { checkIncus } from './observe/start-checks.js';
import { instanceCeiling } from './plan/target.js';
import { DrainWishes } from './reconcile/drain-wishes.js';
import { type Pass, Reconciler } from './reconcile/reconciler.js';
import { RegistrationModes } from './reconcile/registration-modes.js';
import { WantedBases } from './reconcile/wanted-bases.js';

export interface Daemon extends AsyncDisposable {
  readonly spec: DaemonSpec;
  readonly installation: Installation;
  readonly reconciler: Reconciler;
  readonly events: Events<DaemonEvents>;
  readonly wishes: DrainWishes;
  /** By pool: what Azure was read as. */
  readonly azure: ReadonlyMap<string, AzureObserver>;
  /** One look and one plan, nothing done. */
  look(signal: AbortSignal): Promise<Pass>;
  /** Runs until the signal aborts; then waits, for a bounded time, for actions that are under way. */
  run(signal: AbortSignal): Promise<void>;
}

/** Actions that are under way at the end get this long; what they leave half-made is found again by the next daemon. */
const ENDING_MS = 20_000;

/**
 * Connects everything and checks it, loudly: whatever is wrong at the start is said, and nothing has been touched. The
 * state directory is made, unless an `installation` is given, which is how to look without leaving a trace.
 *
 * @throws UserError, or an AzurePipelinesError, whose message is one sentence with its remedy.
 */
export async function makeDaemon(
  config: LoadedConfig,
  signal: AbortSignal,
  { installation: given }: { readonly installation?: Installation } = {},
): Promise<Daemon> {
  const { spec } = config;
  const clock = systemClock;
  const events = new Events<DaemonEvents>(error => process.emitWarning(String(error)));
  const emit: Emit = (name, event) => events.emit(name, event);
  const incus = await openIncus(spec.incus, spec.project, emit);
  const facts = await checkIncus(incus, signal);
  const clients = azureClients(config, emit);
  const observers = new Map<string, AzureObserver>();
  const pools = new Map<string, PoolParts>();
  for (const pool of spec.pools) {
    const client = required(clients.get(pool.name), pool.name);
    const observer = observers.get(azureKey(pool.azure)) ?? observe(client, pool, spec);
    observers.set(azureKey(pool.azure), observer);
    await observer.poolId(signal);
    const token = () => required(config.credentials.get(pool.name), pool.name).read();
    const agentPoolId = (s: AbortSignal) => observer.poolId(s);
    pools.set(pool.name, {
      spec: pool,
      azure: client,
      agentPoolId,
      registrationTarget: registrationTarget(client, pool.azure.agentPool, agentPoolId),
      registration: () => registration.of(pool.name),
      token,
    });
  }
  const installation = given ?? (await openInstallation(spec.stateDirectory));
  const wishes = await DrainWishes.open(installation, spec.pools);
  const incusObserver = new IncusObserver(incus, installation.ownerId, clock);
  const executorParts = {
    incus,
    ownerId: installation.ownerId,
    pools,
    rootDisk: facts.rootDisk,
    architecture: facts.architecture,
    cacheDirectory: `${spec.stateDirectory}/cache`,
    keys: new KeyStock({ clock, onChange: (ready, wanted) => emit('keys-changed', { ready, wanted }) }),
    clock,
    emit,
  };
  const registration = new RegistrationModes({ ...executorParts, installation, random: Math.random });
  const wantedBases = new WantedBases(executorParts, installation.owner);
  let blocked: string | undefined;
  const reconciler = new Reconciler({
    desired: spec.pools,
    owner: installation.owner,
    incus: incusObserver,
    azure: observers,
    wantedBases: () => wantedBases.readings,
    drained: () => wishes.drained,
    registration: () => registration.modes,
    creationBlocked: () => blocked,
    executors: makeExecutors(executorParts),
    clock,
    random: Math.random,
    emit,
    reconcileIntervalMs: spec.reconcileIntervalMs,
    maxConcurrentCreates: spec.maxConcurrentCreates,
  });
  wishes.onChange(() => reconciler.ring());
  events.on('log-collected', ({ pool, name, registrationError }) =>
    reconciler.noteRegistration(pool, name, registrationError),
  );
  // The limits are those of this host: they say nothing of another one.
  const checkHost = async () => {
    if (spec.incus.kind === 'unix') blocked = await hostObstacle(mostInstances(spec.pools, instanceCeiling));
  };
  const watchHost = async (watchSignal: AbortSignal) => {
    while (!watchSignal.aborted) {
      await clock.sleep(spec.reconcileIntervalMs, watchSignal).catch(() => {});
      await checkHost();
    }
  };

  return {
    spec,
    installation,
    reconciler,
    events,
    wishes,
    azure: new Map(spec.pools.map(pool => [pool.name, required(observers.get(azureKey(pool.azure)), pool.name)])),
    async look(lookSignal) {
      await checkHost();
      await registration.recall();
      await wantedBases.resolve(lookSignal);
      await Promise.all([...observers.values()].map(observer => observer.read(lookSignal)));
      return reconciler.pass(lookSignal);
    },
    async run(runSignal) {
      await checkHost();
      const failed = new AbortController();
      const stop = AbortSignal.any([runSignal, failed.signal]);
      const late = lateAfter(stop, clock);
      const ring = () => reconciler.ring();
      const loops = [
        ...[...observers.values()].map(observer => observer.follow(ring, stop)),
        incusObserver.follow(withinMs => reconciler.ring(withinMs), stop),
        wantedBases.follow(ring, stop),
        watchHost(stop),
        registration.follow(ring, stop),
        reconciler.run(stop, late.signal),
      ];
      // One loop that breaks ends them all: half a daemon would look like a whole one.
      await Promise.all(loops).catch(error => failed.abort(error));
      await Promise.allSettled(loops);
      late[Symbol.dispose]();
      if (failed.signal.aborted) throw failed.signal.reason;
    },
    async [Symbol.asyncDispose]() {
      await executorParts.keys[Symbol.asyncDispose]();
      await Promise.all([incus.close(), ...[...clients.values()].map(client => client.close())]);
    },
  };
}

/** A signal that aborts some time after `stop` has, unless it is disposed of before. */
function lateAfter(stop: AbortSignal, clock: Clock): Disposable & { readonly signal: AbortSignal } {
  const ending = new AbortController();
  const over = new AbortController();
  const wait = () => {
    clock.sleep(ENDING_MS, over.signal).then(
      () => ending.abort(),
      () => {},
    );
  };
  stop.addEventListener('abort', wait, { once: true });
  return {
    signal: ending.signal,
    [Symbol.dispose]() {
      stop.removeEventListener('abort', wait);
      over.abort();
    },
  };
}

async function openIncus(target: IncusTarget, project: string, emit: Emit): Promise<IncusClient> {
  const connection = await connectionOf(target);
  return connectIncus({
    ...(connection === undefined ? {} : { connection }),
    project,
    onCall: ({ method, route, status, ms }) => emit('call', { to: 'incus', route: `${method} ${route}`, status, ms }),
  });
}

async function connectionOf(target: IncusTarget): Promise<Connection | undefined> {
  if (target.kind === 'unix')
    return target.socketPath === undefined ? undefined : { kind: 'unix', socketPath: target.socketPath };
  const { url, clientCertPath, clientKeyPath, serverCertPath } = target;
  return {
    kind: 'https',
    url,
    clientCert: await readFile(clientCertPath, 'utf8'),
    clientKey: await readFile(clientKeyPath, 'utf8'),
    ...(serverCertPath === undefined ? {} : { serverCert: await readFile(serverCertPath, 'utf8') }),
  };
}

/** One client per pool: two pools may have two tokens. */
function azureClients({ spec, credentials }: LoadedConfig, emit: Emit): ReadonlyMap<string, AzurePipelinesClient> {
  return new Map(
    spec.pools.map(pool => [pool.name, azureClient(pool, required(credentials.get(pool.name), pool.name), emit)]),
  );
}

function azureClient(pool: PoolSpec, credentials: CredentialSource, emit: Emit): AzurePipelinesClient {
  return connectAzurePipelines({
    url: pool.azure.url,
    auth: { kind: 'pat', token: async () => (await credentials.read()).reveal() },
    userAgent: 'incus-azure-pipelines',
    onCall: ({ route, status, ms }) => emit('call', { to: 'azure', route, status, ms }),
  });
}

function observe(client: AzurePipelinesClient, pool: PoolSpec, spec: DaemonSpec): AzureObserver {
  return new AzureObserver({
    client,
    agentPool: pool.azure.agentPool,
    pollIntervalMs: spec.azurePollIntervalMs,
    clock: systemClock,
    random: Math.random,
  });
}

function required<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`"${what}" is not in the configuration`);
  return value;
}
