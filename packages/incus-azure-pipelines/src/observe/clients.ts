import { access, readFile } from 'node:fs/promises';
import {
  type Auth,
  type AzurePipelinesClient,
  type AzurePipelinesOptions,
  type CallReport,
  connectAzurePipelines,
} from 'azure-pipelines-client';
import { type Connection, connectIncus, type IncusClient } from 'incus-client';
import type { Dispatcher } from 'undici';
import type { Clock } from '../lib/clock.js';
import type { Identities } from '../lib/identity/identities.js';
import type { Identity } from '../lib/identity/identity.js';
import { UserError } from '../lib/user-error.js';
import type { WayOut } from '../lib/way-out.js';
import type { Emit } from '../model/event.js';
import { identityPaths } from '../model/identity-paths.js';
import type { DaemonSpec, IncusTarget, PoolSpec } from '../model/pool.js';

/** The clients of Azure, by pool: two pools may have two tokens. Disposing of them closes all. */
export type AzureClients = ReadonlyMap<string, AzurePipelinesClient> & AsyncDisposable;

/** Makes the clients of Azure, which call nobody yet, and own the identities from then on. */
export function openAzureOfPools(
  pools: readonly PoolSpec[],
  identities: Identities,
  emit: Emit,
  { clock, wayOut }: { readonly clock: Clock; readonly wayOut: WayOut },
): AzureClients {
  const dispatcher = wayOut.isOwn ? wayOut.open() : undefined;
  const sharing = (identity: Identity) => pools.flatMap(({ name }) => (identities.of(name) === identity ? [name] : []));
  const clientOf = (pool: PoolSpec) => {
    const identity = identities.of(pool.name);
    const auth = authBy(identity, since => emit('token-covered', { pools: sharing(identity), since }));
    return azureClient(pool, auth, emit, { clock, dispatcher });
  };
  const clients = new Map(pools.map(pool => [pool.name, clientOf(pool)]));
  return Object.assign(clients, {
    async [Symbol.asyncDispose]() {
      identities[Symbol.dispose]();
      await Promise.all([...clients.values()].map(client => client.close()));
      await dispatcher?.destroy();
    },
  });
}

/** Makes the client of Incus. @throws UserError when a certificate cannot be read. */
export async function openIncus(spec: DaemonSpec, emit: Emit): Promise<IncusClient> {
  const connection = await connectionOf(spec.incus);
  return connectIncus({
    ...(connection === undefined ? {} : { connection }),
    project: spec.project,
    onCall: ({ method, route, status, ms }) => emit('call', { to: 'incus', route: `${method} ${route}`, status, ms }),
  });
}

/**
 * The same for who mends an installation as root: by the local socket, as setup itself, where the certificate that setup had
 * made was lost with the state directory. @throws UserError when a certificate cannot be read.
 */
export async function openIncusToMend(spec: DaemonSpec, emit: Emit): Promise<IncusClient> {
  const { incus, stateDirectory } = spec;
  const isOfSetup = incus.kind === 'https' && incus.certificatePath === identityPaths(stateDirectory).certificatePath;
  const isLost = isOfSetup && !(await isThere(incus.certificatePath));
  return openIncus(isLost ? { ...spec, incus: { kind: 'unix', socketPath: undefined } } : spec, emit);
}

async function isThere(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    // One that may not be read is there.
    error => !(error instanceof Error && 'code' in error && error.code === 'ENOENT'),
  );
}

async function connectionOf(target: IncusTarget): Promise<Connection | undefined> {
  if (target.kind === 'unix')
    return target.socketPath === undefined ? undefined : { kind: 'unix', socketPath: target.socketPath };
  const { url, certificatePath, keyPath, serverCertificatePath } = target;
  return {
    kind: 'https',
    url,
    clientCert: await readPem(certificatePath),
    clientKey: await readPem(keyPath),
    ...(serverCertificatePath === undefined ? {} : { serverCert: await readPem(serverCertificatePath) }),
  };
}

async function readPem(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const why = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT' ? 'is not there' : String(cause);
    throw new UserError(`${path}, by which Incus knows the daemon, ${why}; "setup" makes it`, { cause });
  }
}

/** Makes the client of one pool's Azure alone, which calls nobody yet; the identity stays its owner's. */
export function openAzure(pool: PoolSpec, identity: Identity, dispatcher: Dispatcher): AzurePipelinesClient {
  return azureClient(pool, authBy(identity), () => {}, { clock: undefined, dispatcher });
}

/**
 * How a client of Azure proves who it is. Told at its first call, and when that changes, since when the latest token is refused while the
 * one before goes on: a client of before may have been told something else.
 */
export function authBy(identity: Identity, onCovered: (since: number | undefined) => void = () => {}): Auth {
  let told: { readonly since: number | undefined } | undefined;
  const telling = async <T>(asked: Promise<T>): Promise<T> => {
    const token = await asked;
    const since = identity.coveredSince;
    if (told === undefined || told.since !== since) onCovered(since);
    told = { since };
    return token;
  };
  return {
    kind: identity.kind,
    token: async () => (await telling(identity.token())).reveal(),
    another: async refused => (await telling(identity.another(refused)))?.reveal(),
  };
}

type Given = Pick<AzurePipelinesOptions, 'clock' | 'dispatcher'>;

function azureClient(pool: PoolSpec, auth: Auth, emit: Emit, given: Given): AzurePipelinesClient {
  return connectAzurePipelines({
    url: pool.azure.url,
    auth,
    userAgent: 'incus-azure-pipelines',
    ...given,
    onCall: ({ rateLimit, refusal, route, status, ms }) =>
      emit('call', {
        to: 'azure',
        route,
        status,
        ms,
        azure: { pool: pool.name, accepted: isAccepted(status, refusal), rateLimit },
      }),
  });
}

/** Whether an answer shows that the token is known. A server that is out of order, or asks for silence, may not have looked. */
function isAccepted(status: number | undefined, refusal: CallReport['refusal']): boolean | undefined {
  if (refusal === 'credentials') return false;
  return status !== undefined && refusal === undefined ? true : undefined;
}
