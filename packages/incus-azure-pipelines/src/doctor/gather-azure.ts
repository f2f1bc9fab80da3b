/** Finds out about an agent pool in Azure by calls that change nothing, but for an agent that never works. */
import {
  type AzurePipelinesClient,
  connectAzurePipelines,
  isAzurePipelinesError,
  POOL_PERMISSIONS,
} from 'azure-pipelines-client';
import { agentPlatform, findServerAgent } from '../execute/base/agent-package.js';
import type { AgentIdentity } from '../execute/registration/agent-files.js';
import { KeyStock } from '../execute/registration/key-stock.js';
import { probe } from '../execute/registration/probe.js';
import { registrationTarget } from '../execute/registration/registration-target.js';
import { systemClock } from '../lib/clock.js';
import type { Identity } from '../lib/identity/identity.js';
import { findInstallation, imagineInstallation } from '../lib/installation.js';
import type { WayOut } from '../lib/way-out.js';
import { agentName, PROBE_PREFIX } from '../model/agent-name.js';
import type { PoolSpec } from '../model/pool.js';
import { authBy } from '../observe/clients.js';
import { factOf } from './fact-of.js';
import type { AzureFacts, Fact } from './facts.js';
import { gatherPlaceholders } from './gather-placeholders.js';

export interface AzureQuestion {
  /** The pools of the configuration that are for this agent pool; at least one. */
  readonly pools: readonly PoolSpec[];
  readonly identity: Identity;
  readonly wayOut: WayOut;
  /** Agent pools of the configuration on the same server. */
  readonly configured: readonly string[];
  readonly stateDirectory: string;
  /** As the kernel of the Incus host names it. */
  readonly architecture: string;
}

/** Asks the server. What a probe has registered is deleted again, also when this is aborted. */
export async function gatherAzure(question: AzureQuestion, signal: AbortSignal): Promise<AzureFacts> {
  const [spec] = question.pools;
  if (spec === undefined) throw new Error('ask about an agent pool: no pool of the configuration is for it');
  const { agentPool, url } = spec.azure;
  const readings: number[] = [];
  const dispatcher = question.wayOut.open();
  await using _ = { [Symbol.asyncDispose]: () => dispatcher.destroy() };
  await using client = connectAzurePipelines({
    url,
    dispatcher,
    auth: authBy(question.identity),
    userAgent: 'incus-azure-pipelines',
    // The time stands in whole seconds: half of one is the best guess.
    onCall: ({ ms, serverAt }) => {
      if (serverAt !== undefined) readings.push(serverAt + 500 - (Date.now() - ms / 2));
    },
  });
  const wanted = strictest(question.pools);
  const pool = await factOf(client.pools.findByName(agentPool, { signal }), signal, kindOf);
  const id = pool.known ? pool.value?.id : undefined;
  const may = (bits: number) =>
    id === undefined
      ? Promise.resolve(UNASKED)
      : factOf(client.pools.hasPermissions(id, bits, { signal }), signal, kindOf);
  return {
    url: client.url,
    agentPool,
    token: question.identity.kind,
    wanted,
    pool,
    views: await may(POOL_PERMISSIONS.view),
    manages: await may(POOL_PERMISSIONS.manage),
    manageable: id === undefined ? UNASKED : await manageable(client, signal),
    configured: question.configured,
    endsInMs: spec.tokenExpiresAt === undefined ? undefined : spec.tokenExpiresAt - Date.now(),
    aheadMs: readings[0],
    newestAgent: id === undefined ? UNASKED : await newestAgent(client, question, signal),
    parallelJobs: id === undefined ? UNASKED : await parallelJobs(client, signal),
    agents: question.pools.reduce((sum, { agentCount }) => sum + agentCount, 0),
    placeholders: id === undefined ? UNASKED : await gatherPlaceholders(client, id, question, signal),
    ...(id === undefined
      ? { registration: UNASKED, signsInAt: undefined }
      : await registration(client, id, question, wanted, signal)),
  };
}

const UNASKED = { known: false, error: 'not asked' } as const;

async function parallelJobs(client: AzurePipelinesClient, signal: AbortSignal): Promise<AzureFacts['parallelJobs']> {
  const total = async () => (await client.parallelJobs.selfHosted({ signal })).resourceLimit?.totalCount;
  return await factOf(total(), signal);
}

async function manageable(client: AzurePipelinesClient, signal: AbortSignal): Promise<AzureFacts['manageable']> {
  const names = async () => (await client.pools.listManageable({ signal })).map(({ name }) => name);
  return await factOf(names(), signal, kindOf);
}

function strictest(pools: readonly PoolSpec[]): PoolSpec['registration'] {
  const words = pools.map(({ registration }) => registration);
  return words.includes('host') ? 'host' : words.includes('auto') ? 'auto' : 'guest';
}

async function newestAgent(
  client: AzurePipelinesClient,
  { architecture, pools }: AzureQuestion,
  signal: AbortSignal,
): Promise<Fact<string> | undefined> {
  const wish = pools.map(({ base }) => (base.isMade ? undefined : base.agent)).find(agent => agent?.kind === 'latest');
  if (wish?.kind !== 'latest') return undefined;
  const found = async () => (await findServerAgent(client, wish, agentPlatform(architecture), signal)).version;
  return await factOf(found(), signal);
}

async function registration(
  client: AzurePipelinesClient,
  poolId: number,
  { pools, stateDirectory }: AzureQuestion,
  wanted: PoolSpec['registration'],
  signal: AbortSignal,
): Promise<Pick<AzureFacts, 'registration' | 'signsInAt'>> {
  const [spec] = pools;
  let signsInAt: string | undefined;
  const onRegistered = ({ tokenEndpoint }: AgentIdentity) => {
    signsInAt = URL.canParse(tokenEndpoint) ? new URL(tokenEndpoint).origin : undefined;
  };
  // What a daemon remembers may be true no more.
  const installation =
    (await findInstallation(stateDirectory).catch(() => undefined)) ?? imagineInstallation(stateDirectory);
  await using keys = new KeyStock({ clock: systemClock });
  const ask = async () => {
    const target = await registrationTarget(client, spec?.azure.agentPool ?? '', () => Promise.resolve(poolId))(signal);
    const name = agentName(PROBE_PREFIX, installation.owner, systemClock.now());
    const parts = { keys, now: () => systemClock.now(), onlyRegister: wanted === 'guest', onRegistered };
    return probe(target, name, parts, signal);
  };
  const outcome = await factOf(ask(), signal);
  return { registration: outcome, signsInAt };
}

/** Undefined where there was no token to ask with: nobody has refused one then. */
function kindOf(error: unknown) {
  if (!isAzurePipelinesError(error)) return undefined;
  return error.kind === 'credentials' && error.status === undefined ? undefined : error.kind;
}
