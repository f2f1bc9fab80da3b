import type { AzurePipelinesClient } from 'azure-pipelines-client';
import type { IncusClient } from 'incus-client';
import type { Clock } from '../lib/clock.js';
import type { SeenByHost } from '../lib/host-sees.js';
import type { Secret } from '../lib/secret.js';
import type { WayOut } from '../lib/way-out.js';
import type { Emit } from '../model/event.js';
import type { ProfileDevices } from '../model/fittings.js';
import type { RegistrationMode } from '../model/observed.js';
import { azureKey, type PoolSpec } from '../model/pool.js';
import type { StorageFacts } from '../model/storage.js';
import type { AgentCache } from './base/agent-cache.js';
import type { Isolation } from './isolation.js';
import type { KeyStock } from './registration/key-stock.js';
import type { RegistrationTarget } from './registration/register.js';

/** What the executors work with. */
export interface ExecutorParts extends ProfileDevices {
  readonly incus: IncusClient;
  /** The way to servers outside, which guests are told too. */
  readonly wayOut: WayOut;
  /** What the host's own kernel says of an instance. */
  readonly hostSees: (name: string) => Promise<SeenByHost>;
  /** The installation's id, whole: it marks what is ours. */
  readonly ownerId: string;
  /** Digest of that id, as it stands in every name. */
  readonly owner: string;
  readonly pools: ReadonlyMap<string, PoolParts>;
  /** The storage pool of that disk; undefined where Incus does not show it. */
  readonly storage: StorageFacts | undefined;
  /** Those that pools name, as far as Incus shows them. */
  readonly storages: ReadonlyMap<string, StorageFacts>;
  /** Architecture of the Incus host, as the kernel names it. */
  readonly architecture: string;
  /** Where agent packages are kept between base builds. */
  readonly agentCache: AgentCache;
  /** Keys of agents to come. */
  readonly keys: KeyStock;
  /** Whether guests get ranges of user ids of their own. */
  readonly isolation: Isolation;
  readonly clock: Clock;
  readonly emit: Emit;
}

export interface PoolParts {
  readonly spec: PoolSpec;
  readonly azure: AzurePipelinesClient;
  /** Id of the agent pool in Azure. @throws AzurePipelinesError. */
  readonly agentPoolId: (signal: AbortSignal) => Promise<number>;
  /** Where the host registers its agents; looked up once. @throws AzurePipelinesError. */
  readonly registrationTarget: (signal: AbortSignal) => Promise<RegistrationTarget>;
  /** Who registers its agents. */
  readonly registration: () => RegistrationMode;
  /** The token that registers agents, read anew each time, so that a changed file is used. */
  readonly token: () => Promise<Secret>;
}

/** The parts of a pool of an agent pool, by `azureKey`. @throws Error when the configuration has no such pool. */
export function readerOf(parts: ExecutorParts, agentPool: string): PoolParts {
  const found = [...parts.pools.values()].find(({ spec }) => azureKey(spec.azure) === agentPool);
  if (found === undefined) throw new Error(`no pool of the configuration is for agent pool "${agentPool}"`);
  return found;
}

/** The parts of an action's pool. @throws Error when the configuration has no such pool any more. */
export function poolOf(parts: ExecutorParts, pool: string): PoolParts {
  const found = parts.pools.get(pool);
  if (found === undefined) throw new Error(`pool "${pool}" is not in the configuration`);
  return found;
}
