import type { Action, Plan } from '../model/action.js';
import type { Agent, AgentPhase, InstanceRecord } from '../model/agent.js';
import { CONTRACT } from '../model/marks.js';
import { knownValue, type Observed, type Reading, type RegistrationMode } from '../model/observed.js';
import type { PoolSpec } from '../model/pool.js';
import type { CopyCost, StorageFacts } from '../model/storage.js';
import { jobDueAt } from '../plan/job-limit.js';
import { removedAgents } from '../plan/removed.js';
import { printable, printableLine } from './printable.js';

/** What `status --json` prints. Instants are epoch ms; every text from outside is made printable. */
export interface StatusDocument {
  readonly at: number;
  readonly owner: string;
  readonly incus: Readable;
  /** The storage pool, where it cannot copy on write. */
  readonly storage?: StorageStatus;
  readonly pools: readonly PoolStatus[];
  /** Pools that are not in the configuration any more, while something of them is left. */
  readonly removed: readonly RemovedPoolStatus[];
}

interface StorageStatus {
  readonly pool: string;
  readonly driver: string;
  /** What a copy of a base cost, measured; left out before the first base. */
  readonly copyCost?: CopyCost;
}

interface RemovedPoolStatus {
  readonly name: string;
  /** What becomes of what is left. */
  readonly fate: string;
  /** No configured pool reads the agent pool of one of its agents, so that they cannot be drained. */
  readonly unread: boolean;
  readonly agents: readonly AgentStatus[];
  readonly underWay: readonly ActionStatus[];
  readonly backingOff: readonly BackOffStatus[];
}

interface Readable {
  readonly readable: boolean;
  readonly since: number;
  readonly error?: string;
}

interface PoolStatus {
  readonly name: string;
  readonly agentPool: string;
  readonly azure: Readable;
  /** Who registers its agents. */
  readonly registration: RegistrationMode['kind'];
  readonly agentCount: number;
  readonly target: number;
  readonly live: number;
  readonly prepared: number;
  /** Members of the listening reserve. */
  readonly listening: number;
  readonly preparing: number;
  readonly base?: string;
  /** A new base that one agent tries out; the others come from one that is known to work. */
  readonly tries?: string;
  readonly drained: boolean;
  /** Why there are fewer agents than wanted. */
  readonly waiting?: string;
  readonly agents: readonly AgentStatus[];
  readonly underWay: readonly ActionStatus[];
  readonly backingOff: readonly BackOffStatus[];
}

interface AgentStatus {
  readonly name: string;
  readonly phase: AgentPhase;
  readonly since: number;
  readonly base?: string;
  /** Version of the guest contract that it was made by, where that is not this daemon's. */
  readonly contract?: string;
  readonly createdAt?: number;
  readonly job?: string;
  /** Not before then (epoch ms) its job is ended, because it runs too long. */
  readonly endsAt?: number;
  /** A person drains it: it goes when it has no job. */
  readonly drained?: true;
}

export interface ActionStatus {
  readonly action: string;
  readonly on: string;
  readonly reason: string;
}

interface BackOffStatus {
  readonly action: string;
  readonly failures: number;
  readonly retryAt: number;
  readonly error: string;
}

/** What the last pass saw and decided, for people and programs. Pure. */
export function statusOf(
  desired: readonly PoolSpec[],
  pass: { readonly at: number; readonly observed: Observed; readonly plan: Plan },
  azureOf: (spec: PoolSpec) => Reading<unknown> | undefined,
  storage?: StorageFacts,
): StatusDocument {
  const { observed, plan, at } = pass;
  return {
    at,
    owner: observed.owner,
    incus: readable(observed.agents),
    ...(storage === undefined || storage.copiesOnWrite ? {} : { storage: storageStatus(storage, observed) }),
    pools: desired.map(spec => poolStatus(spec, observed, plan, readable(azureOf(spec)))),
    removed: removedPools(desired, observed),
  };
}

function storageStatus({ pool, driver }: StorageFacts, observed: Observed): StorageStatus {
  const costs = (knownValue(observed.bases) ?? []).flatMap(({ copyCost }) => copyCost ?? []);
  const [copyCost] = costs.sort((a, b) => b.ms - a.ms);
  return { pool, driver, ...(copyCost === undefined ? {} : { copyCost }) };
}

function removedPools(desired: readonly PoolSpec[], observed: Observed): RemovedPoolStatus[] {
  const left = removedAgents(desired, knownValue(observed.agents) ?? []);
  return [...new Set(left.map(agent => agent.pool))].map(name => {
    const agents = left.filter(agent => agent.pool === name);
    const areRead = agents.every(agent => agent.agentPool !== undefined);
    return {
      name: printable(name),
      fate: areRead ? DRAINED : LEFT,
      unread: !areRead,
      agents: agents.map(agent => agentStatus(agent, observed, undefined)),
      underWay: observed.inFlight.filter(action => action.pool === name).map(actionStatus),
      backingOff: backOffs(observed, name, agents),
    };
  });
}

const DRAINED = 'jobs end, idle agents are retired, and what is not an agent yet is deleted';
const LEFT =
  'no pool of the configuration reads the agent pool, so nothing is known of jobs: each agent ends after its own, or when its registration is deleted; what is not an agent yet is deleted';

function poolStatus(spec: PoolSpec, observed: Observed, plan: Plan, azure: Readable): PoolStatus {
  const arithmetic = plan.pools.get(spec.name);
  const base = knownValue(observed.wantedBases.get(spec.name));
  const agents = (knownValue(observed.agents) ?? []).filter(agent => agent.pool === spec.name);
  return {
    name: spec.name,
    agentPool: spec.azure.agentPool,
    azure,
    registration: observed.registration.get(spec.name)?.kind ?? 'probing',
    agentCount: spec.agentCount,
    target: arithmetic?.target ?? 0,
    live: arithmetic?.live ?? 0,
    prepared: arithmetic?.prepared ?? 0,
    listening: arithmetic?.listening ?? 0,
    preparing: arithmetic?.preparing ?? 0,
    ...(base === undefined ? {} : { base }),
    ...(arithmetic?.tries === undefined ? {} : { tries: arithmetic.tries }),
    drained: observed.drained.has(spec.name),
    ...(arithmetic?.waiting === undefined ? {} : { waiting: printable(arithmetic.waiting) }),
    agents: agents.map(agent =>
      agentStatus(agent, observed, observed.warned.has(agent.name) ? jobDueAt(spec, agent) : undefined),
    ),
    underWay: observed.inFlight.filter(action => action.pool === spec.name).map(actionStatus),
    backingOff: backOffs(observed, spec.name, agents),
  };
}

function agentStatus(agent: Agent, { drainedAgents }: Observed, endsAt: number | undefined): AgentStatus {
  const job = knownValue(agent.registration)?.assigned?.jobName;
  return {
    name: agent.name,
    phase: agent.phase,
    since: agent.since,
    ...(agent.instance === undefined ? {} : instanceStatus(agent.instance)),
    ...(job === undefined ? {} : { job: printableLine(job) }),
    ...(endsAt === undefined ? {} : { endsAt }),
    ...(drainedAgents.has(agent.name) ? { drained: true as const } : {}),
  };
}

function instanceStatus({
  base,
  contract,
  createdAt,
}: InstanceRecord): Pick<AgentStatus, 'base' | 'contract' | 'createdAt'> {
  return { base, createdAt, ...(contract === CONTRACT ? {} : { contract: printableLine(contract) }) };
}

/** An action as `plan` and `status` show it. */
export function actionStatus(action: Action): ActionStatus {
  return { action: action.kind, on: 'name' in action ? action.name : action.base, reason: action.reason };
}

function backOffs(observed: Observed, pool: string, agents: readonly Agent[]): BackOffStatus[] {
  const names = new Set([pool, knownValue(observed.wantedBases.get(pool)), ...agents.map(agent => agent.name)]);
  return [...observed.failures].flatMap(([key, failure]) => {
    const [action = key, target] = key.split('/', 2);
    if (!names.has(target)) return [];
    return [{ action, failures: failure.count, retryAt: failure.retryAt, error: printable(failure.error) }];
  });
}

function readable(reading: Reading<unknown> | undefined): Readable {
  if (reading === undefined) return { readable: false, since: 0, error: 'not read yet' };
  if (reading.known) return { readable: true, since: reading.at };
  return { readable: false, since: reading.since, error: printable(reading.error) };
}
