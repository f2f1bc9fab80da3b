import type { Action, Plan } from '../model/action.js';
import type { Agent, InstanceRecord } from '../model/agent.js';
import { CONTRACT } from '../model/marks.js';
import { knownValue, NOT_READ_YET, type Observed, type ReadableSince, type Reading } from '../model/observed.js';
import { azureKey, type DaemonSpec, type PoolSpec } from '../model/pool.js';
import { inForce } from '../model/standby.js';
import type { StorageFacts } from '../model/storage.js';
import { isProven } from '../plan/bases.js';
import { jobDueAt } from '../plan/job-limit.js';
import { removedAgents } from '../plan/removed.js';
import { hostStatus } from './host-status.js';
import { placeholderStatus } from './placeholder-status.js';
import { printable, printableLine } from './printable.js';
import { queueStatus } from './queue-status.js';
import { hoursStatus } from './standby-status.js';
import type {
  ActionStatus,
  AgentStatus,
  BackOffStatus,
  GenerationStatus,
  PoolStatus,
  QueueStatus,
  Readable,
  RemovedPoolStatus,
  StatusDocument,
  StorageStatus,
} from './status-document.js';

/** A pass, as far as it is shown. */
interface LookedAt {
  readonly at: number;
  readonly observed: Observed;
  readonly plan: Plan;
  readonly nextAt?: number;
  readonly readableSince?: ReadableSince;
}

/** What is shown of the ground that the pools stand on. */
interface Ground {
  readonly storage?: StorageFacts | undefined;
  readonly spec?: Pick<DaemonSpec, 'hostReserve'>;
}

/** What the last pass saw and decided, for people and programs. Pure. */
export function statusOf(
  pools: readonly PoolSpec[],
  pass: LookedAt,
  azureOf: (spec: PoolSpec) => Reading<unknown> | undefined,
  { spec: { hostReserve } = {}, storage }: Ground = {},
): StatusDocument {
  const { observed, plan, at, nextAt, readableSince } = pass;
  const desired = pools.map(spec => inForce(spec, at));
  const azure = (spec: PoolSpec) => readable(azureOf(spec), readableSince?.azure.get(azureKey(spec.azure)));
  return {
    at,
    owner: observed.owner,
    ...(nextAt === undefined ? {} : { nextLookAt: nextAt }),
    incus: readable(observed.agents, readableSince?.incus),
    ...(storage === undefined || storage.copiesOnWrite ? {} : { storage: storageStatus(storage, observed) }),
    ...hostStatus(hostReserve, observed.hostRoom, plan),
    pools: desired.map(spec => poolStatus(spec, pass, azure(spec), queueStatus(spec, desired, observed, plan))),
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

function poolStatus(
  spec: PoolSpec,
  { at, observed, plan }: LookedAt,
  azure: Readable,
  queue: QueueStatus | undefined,
): PoolStatus {
  const arithmetic = plan.pools.get(spec.name);
  const base = knownValue(observed.wantedBases.get(spec.name));
  const agents = (knownValue(observed.agents) ?? []).filter(agent => agent.pool === spec.name);
  const hours = hoursStatus(spec, at);
  return {
    name: spec.name,
    agentPool: spec.azure.agentPool,
    azure,
    ...(spec.tokenExpiresAt === undefined ? {} : { tokenExpiresAt: spec.tokenExpiresAt }),
    registration: observed.registration.get(spec.name)?.kind ?? 'probing',
    agentCount: spec.agentCount,
    target: arithmetic?.target ?? 0,
    wants: wantsOf(spec, agents, observed.drained.has(spec.name), queue),
    ...(hours === undefined ? {} : { hours }),
    reserve: spec.reserve,
    live: arithmetic?.live ?? 0,
    prepared: arithmetic?.prepared ?? 0,
    listening: arithmetic?.listening ?? 0,
    preparing: arithmetic?.preparing ?? 0,
    ...(base === undefined ? {} : { base, ...generation(base, observed) }),
    ...(arithmetic?.tries === undefined ? {} : { tries: arithmetic.tries }),
    drained: observed.drained.has(spec.name),
    ...(arithmetic?.waiting === undefined ? {} : { waiting: printable(arithmetic.waiting) }),
    ...(queue === undefined ? {} : { queue }),
    ...placeholderStatus(spec, observed),
    agents: agents.map(agent =>
      agentStatus(agent, observed, observed.warned.has(agent.name) ? jobDueAt(spec, agent) : undefined),
    ),
    decided: plan.actions.filter(action => action.pool === spec.name).map(actionStatus),
    underWay: observed.inFlight.filter(action => action.pool === spec.name).map(actionStatus),
    backingOff: backOffs(observed, spec.name, agents),
  };
}

/** How many agents a pool wants, and why that many. */
function wantsOf(
  { agentCount, reserve, standby }: PoolSpec,
  agents: readonly Agent[],
  isDrained: boolean,
  queue: QueueStatus | undefined,
): string {
  if (isDrained) return 'no agents, since a person drains it';
  const beside = reserve === 0 ? '' : `, and ${reserve} more ${reserve === 1 ? 'instance' : 'instances'} booted ahead`;
  if (queue?.followed !== true) return `${agentCount} agents at all times${beside}`;
  const busy = agents.filter(({ phase }) => phase === 'busy').length;
  const queued = queue.queued === undefined ? 'a queue that is not read' : `${queue.queued} queued`;
  const idle = `${standby} idle ${standby === 1 ? 'agent' : 'agents'}`;
  return `${idle} beside ${busy} busy and ${queued}, ${agentCount} at most${beside}`;
}

function generation(name: string, observed: Observed): { readonly generation?: GenerationStatus } {
  const base = knownValue(observed.bases)?.find(found => found.name === name && found.ready);
  if (base === undefined) return {};
  const { agentVersion, checkedAt, createdAt } = base;
  const proven = isProven(base, observed);
  return { generation: { builtAt: createdAt, checkedAt, agentVersion: printableLine(agentVersion), proven } };
}

function agentStatus(agent: Agent, { drainedAgents }: Observed, endsAt: number | undefined): AgentStatus {
  const job = knownValue(agent.registration)?.assigned;
  return {
    name: agent.name,
    phase: agent.phase,
    since: agent.since,
    ...(agent.instance === undefined ? {} : instanceStatus(agent.instance)),
    ...(job === undefined ? {} : { job: printableLine(job.jobName), requestId: job.requestId }),
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
    if (target === undefined || !names.has(target)) return [];
    return [{ action, on: target, failures: failure.count, retryAt: failure.retryAt, error: printable(failure.error) }];
  });
}

function readable(reading: Reading<unknown> | undefined, since: number | undefined): Readable {
  if (reading === undefined) return { readable: false, since: 0, error: NOT_READ_YET };
  if (reading.known) return { readable: true, since: since ?? reading.at, readAt: reading.at };
  return { readable: false, since: reading.since, error: printable(reading.error) };
}
