import type { Agent, InstanceRecord, Registration } from '../model/agent.js';
import { birthOf } from '../model/agent-name.js';
import { knownValue, type Reading } from '../model/observed.js';
import { azureKey, type PoolSpec } from '../model/pool.js';
import { nextLife, phaseOf, withoutDenied } from './phase.js';

/** The readings of one moment, before they are joined. */
export interface Sightings {
  readonly instances: Reading<readonly InstanceRecord[]>;
  /** By `azureKey`. */
  readonly registrations: ReadonlyMap<string, Reading<readonly Registration[]>>;
  /** By `azureKey`: the id of the agent pool that has this name now. */
  readonly agentPoolIds?: ReadonlyMap<string, number>;
  /** Names of those that are being activated or enabled: marked perhaps, but not told yet. */
  readonly activating?: ReadonlySet<string>;
  /** By name of one that is being disabled by us: readings that began before prove nothing of it (epoch ms). */
  readonly disabling?: ReadonlyMap<string, number>;
  /** By name: the id of the registration that the host made. */
  readonly registrationIds?: ReadonlyMap<string, number>;
  /** Names of those whose registration we have deleted. */
  readonly deregistered?: ReadonlySet<string>;
}

/**
 * Joins what Incus and Azure show on the name, and with what was known of each agent, so that `since` and the proofs
 * survive from pass to pass. Unknown while Incus is unread. Registrations without an instance belong to the pool that
 * their instance had, else to the first pool of their agent pool.
 */
export function join(
  previous: readonly Agent[],
  sightings: Sightings,
  desired: readonly PoolSpec[],
  owner: string,
  now: number,
): Reading<readonly Agent[]> {
  const { instances } = sightings;
  if (!instances.known) return instances;
  const before = new Map(previous.map(agent => [agent.name, agent]));
  const byName = new Map(instances.value.map(record => [record.name, record]));
  const pools = new Map(desired.map(spec => [spec.name, spec]));
  const registrations = indexRegistrations(sightings, owner);

  const agents: Agent[] = [];
  for (const name of new Set([...byName.keys(), ...registrations.keys(), ...before.keys()])) {
    const old = before.get(name);
    const instance = byName.get(name);
    const made = instance && madeFor(instance, pools.get(instance.pool), sightings);
    const key = made ? made.agentPool : (old?.agentPool ?? registrations.get(name)?.key);
    const agentPool = key !== undefined && sightings.registrations.has(key) ? key : undefined;
    const pool = made?.pool ?? old?.pool ?? poolOfOrphan(key, desired);
    if (pool === undefined) continue;
    const reading = registrationOf(name, agentPool, sightings, registrations);
    const isActivating = sightings.activating?.has(name) ?? false;
    if (instance === undefined && (agentPool === undefined || isForgotten(old, reading, isActivating, instances.at)))
      continue;
    const life = nextLife(old, instance, reading, instances.at, now, {
      isActivating,
      isDeregistered: sightings.deregistered?.has(name) ?? false,
      registeredAs: sightings.registrationIds?.get(name),
      disablingUntil: sightings.disabling?.get(name),
    });
    const phase = phaseOf(instance, reading, life, old?.phase);
    agents.push({
      name,
      pool,
      agentPool,
      phase,
      since: old?.phase === phase ? old.since : now,
      instance,
      registration: reading,
      life,
    });
  }
  return { known: true, value: agents, at: instances.at };
}

/**
 * The agents as they were known, without the proofs that these readings deny: one that nothing is decided on may be the one
 * that shows an agent enabled, or at work.
 */
export function withoutDeniedProofs(
  agents: readonly Agent[],
  registrations: Sightings['registrations'],
  owner: string,
): readonly Agent[] {
  const index = indexRegistrations({ registrations }, owner);
  return agents.map(agent => {
    const reading = registrationOf(agent.name, agent.agentPool, { registrations }, index);
    const life = reading.known ? withoutDenied(agent.life, reading.value) : agent.life;
    return life === agent.life ? agent : { ...agent, life };
  });
}

/**
 * The pool and the agent pool that an instance was made for. Where the configured pool of that name is for another agent
 * pool by now, the instance belongs to it no more: a name with a parenthesis is that of no pool.
 */
function madeFor(instance: InstanceRecord, spec: PoolSpec | undefined, { agentPoolIds }: Sightings) {
  const { pool } = instance;
  const agentPool = agentPoolNow(instance, agentPoolIds);
  const key = spec && azureKey(spec.azure);
  if (agentPool === undefined || agentPool === key) return { pool, agentPool: key };
  return { pool: spec === undefined ? pool : `${pool} (${agentPool})`, agentPool };
}

/**
 * What the agent pool of an instance is called now. Its id tells: one that was renamed is found under its new name, and one
 * whose name another has taken is not looked for there.
 */
function agentPoolNow(
  { agentPool, agentPoolId }: InstanceRecord,
  ids: ReadonlyMap<string, number> = new Map(),
): string | undefined {
  if (agentPool === undefined || agentPoolId === undefined || ids.get(agentPool) === agentPoolId) return agentPool;
  const found = [...ids].find(([key, id]) => id === agentPoolId && serverOf(key) === serverOf(agentPool));
  return found?.[0] ?? (ids.has(agentPool) ? `${agentPool}, once ${agentPoolId}` : agentPool);
}

/** The collection in an `azureKey`: ids are those of one server. */
function serverOf(key: string): string {
  return key.slice(0, key.indexOf(' '));
}

interface Indexed {
  readonly key: string;
  readonly registration: Registration;
}

/** Registrations of ours, by name: exact name grammar and owner; all others are foreign and are not looked at. */
function indexRegistrations(sightings: Pick<Sightings, 'registrations'>, owner: string): ReadonlyMap<string, Indexed> {
  const index = new Map<string, Indexed>();
  for (const [key, reading] of sightings.registrations)
    for (const registration of knownValue(reading) ?? [])
      if (birthOf(registration.name, owner) !== undefined) index.set(registration.name, { key, registration });
  return index;
}

function registrationOf(
  name: string,
  agentPool: string | undefined,
  sightings: Pick<Sightings, 'registrations'>,
  index: ReadonlyMap<string, Indexed>,
): Reading<Registration | undefined> {
  const reading = agentPool === undefined ? undefined : sightings.registrations.get(agentPool);
  if (reading === undefined)
    return { known: false, error: 'no pool of the configuration reads its agent pool', since: 0 };
  return reading.known ? { known: true, value: index.get(name)?.registration, at: reading.at } : reading;
}

function poolOfOrphan(key: string | undefined, desired: readonly PoolSpec[]): string | undefined {
  return desired.find(spec => azureKey(spec.azure) === key)?.name;
}

/**
 * Gone from Incus, and known to be gone from Azure (or never there): nothing is left of it. An agent whose registration nobody
 * has seen may have one that is younger than the reading.
 */
function isForgotten(
  old: Agent | undefined,
  reading: Reading<Registration | undefined>,
  isActivating: boolean,
  instancesAt: number,
): boolean {
  const isNoAgent = old === undefined || old.phase === 'preparing' || old.phase === 'prepared';
  if (!reading.known) return isNoAgent;
  if (reading.value !== undefined) return false;
  if (old === undefined || (isNoAgent && !isActivating) || old.life.agentId !== undefined) return true;
  return reading.at >= (old.phase === 'orphan' ? old.since : instancesAt);
}
