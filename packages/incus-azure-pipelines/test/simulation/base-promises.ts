/** What the daemon promises about bases: a new one that does not work costs one agent's place, and never the pool. */
import { type Agent, isLive } from '../../src/model/agent.js';
import { knownValue, type Observed } from '../../src/model/observed.js';
import { type PoolSpec, scales } from '../../src/model/pool.js';
import { MAKES_WAY } from '../../src/plan/trial.js';
import { type Decision, promised } from './promises.js';
import type { World } from './world.js';

/** Holds a decision against the promises about bases. @throws BrokenPromise. */
export function checkBases(decision: Decision, agents: readonly Agent[]): void {
  for (const spec of decision.desired) {
    checkTrial(spec, decision, agents);
    checkWay(spec, decision, agents);
  }
  const used = new Set(agents.map(agent => agent.instance?.base));
  for (const spec of decision.desired) used.add(knownValue(decision.observed.wantedBases.get(spec.name)));
  for (const action of decision.plan.actions)
    promised(action.kind !== 'delete-base' || !used.has(action.base), 'a base that is needed is kept', () =>
      JSON.stringify(action),
    );
}

/** In a pool that scales a base is tried in a place that is free, and nobody goes for it while there is one. */
function checkWay(spec: PoolSpec, { observed, plan }: Decision, agents: readonly Agent[]): void {
  const gone = plan.actions.flatMap(one =>
    one.kind === 'disable-agent' && one.reason === MAKES_WAY ? [one.name] : [],
  );
  if (gone.length === 0 || !scales(spec)) return;
  const own = new Set(agents.flatMap(({ name, pool }) => (pool === spec.name ? [name] : [])));
  if (!gone.some(name => own.has(name))) return;
  const coming = observed.inFlight.flatMap(one =>
    (one.kind === 'activate-agent' || one.kind === 'enable-agent') && one.pool === spec.name ? [one.name] : [],
  );
  const live = agents.flatMap(({ name, phase, pool }) => (pool === spec.name && isLive(phase) ? [name] : []));
  const taken = new Set([...live, ...coming]).size;
  promised(
    taken >= spec.agentCount,
    'nobody makes way where a place is free',
    () => `${gone.join(', ')}, ${taken} live`,
  );
}

/** While a new base has yet to show that it works, one instance is made of it, and one agent. */
function checkTrial(spec: PoolSpec, { observed, plan }: Decision, agents: readonly Agent[]): void {
  const tried = triedBase(spec, observed, agents);
  if (tried === undefined) return;
  const own = agents.filter(agent => agent.pool === spec.name && agent.instance?.base === tried);
  const names = new Set(own.map(agent => agent.name));
  const creates = (actions: Observed['inFlight']) =>
    actions.filter(a => a.kind === 'create-instance' && a.pool === spec.name && a.base === tried && !names.has(a.name));
  const creations = creates(plan.actions).length;
  const there = own.length + creates(observed.inFlight).length;
  promised(
    creations === 0 || there + creations === 1,
    'one instance tries a new base',
    () => `${there} + ${creations}`,
  );
  const activating = (actions: Observed['inFlight']) =>
    actions.flatMap(action => (action.kind === 'activate-agent' && names.has(action.name) ? [action.name] : []));
  const activations = activating(plan.actions);
  const activated = new Set([
    ...activating(observed.inFlight),
    ...own.filter(agent => agent.instance?.activatedAt !== undefined).map(agent => agent.name),
  ]);
  promised(
    activations.length === 0 || activated.size + activations.length === 1,
    'one agent tries a new base',
    () => `${[...activated].join(', ')} + ${activations.join(', ')}`,
  );
}

/** The wanted base, where it is not known to work and another one of the pool is. */
function triedBase(spec: PoolSpec, observed: Observed, agents: readonly Agent[]): string | undefined {
  const bases = knownValue(observed.bases) ?? [];
  const wanted = bases.find(({ name }) => name === knownValue(observed.wantedBases.get(spec.name)));
  const isSeen = agents.some(agent => agent.life.seenOnline && agent.instance?.base === wanted?.name);
  const other = bases.some(base => base !== wanted && base.ready && base.provenFor.includes(spec.name));
  const isMarking = observed.inFlight.some(a => a.kind === 'prove-base' && a.base === wanted?.name);
  const isKnown = isSeen || isMarking || wanted?.provenFor.length !== 0;
  return wanted?.ready && !isKnown && other ? wanted.name : undefined;
}

/**
 * Whether a pool is left with a base that it cannot get to know: one that does not work, or one that no place is free for
 * since nobody needs an agent.
 */
export function isTrying(spec: PoolSpec, world: World): boolean {
  const wanted = world.wantedBase.get(spec.name) ?? '';
  const isMarked = (world.incus.bases.get(wanted)?.provenFor.length ?? 0) > 0;
  // What registered in an agent pool that has lost its name is the pool's no more, and so is the base that it alone came from.
  const used = new Set(world.instancesOf(spec.name).map(({ base }) => base));
  const isOther = [...world.incus.bases].some(
    ([name, { pool, provenFor }]) =>
      provenFor.includes(spec.name) || (provenFor.length > 0 && (pool === spec.name || used.has(name))),
  );
  return !isMarked && isOther && (spec.standby === 0 || isBroken(spec, world));
}

/** Whether the base that a pool asks for does not work. */
export function isBroken(spec: PoolSpec, world: World): boolean {
  return world.faultOf(world.wantedBase.get(spec.name) ?? '') !== undefined;
}

/** In the end a pool that tries a base has all its agents but one of a base that works, all of them where it scales, and its reserve. */
export function checkTryingPool(spec: PoolSpec, world: World, idle: number, picture: () => string): void {
  const wanted = world.wantedBase.get(spec.name);
  const own = world.instancesOf(spec.name);
  const trials = own.filter(({ base }) => base === wanted);
  const others = own.filter(({ base, name }) => base !== wanted && world.guests.get(name)?.over === false);
  promised(trials.length <= 1, 'one instance tries a new base', picture);
  // In a pool that scales it is tried beside all others.
  // By then no hours are in force.
  const given = spec.standby < spec.agentCount ? 0 : 1;
  promised(idle >= spec.standby - given, 'a base that does not work leaves the pool all places but one', picture);
  const least = spec.standby + spec.reserve - given;
  const most = spec.standby + spec.reserve;
  promised(others.length >= least && others.length <= most, 'the reserve is of the base that works', picture);
  promised(new Set(others.map(({ base }) => base)).size <= 1, 'all others are of one base', picture);
}

/** In the end there is no base that nobody needs. */
export function checkBasesLeft(world: World): void {
  const used = new Set([...world.incus.instances.values()].map(({ base }) => base));
  for (const wanted of world.wantedBase.values()) used.add(wanted);
  const trying = world.desired.filter(spec => isTrying(spec, world)).length;
  const left = [...world.incus.bases.keys()].filter(name => !used.has(name));
  promised(left.length <= trying, 'in the end no base is left that nobody needs', () => left.join(', '));
}
