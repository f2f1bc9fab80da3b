/** What the daemon promises, stated apart from the rules that keep it. */
import { type Action, keyOf, type Plan, targetOf } from '../../src/model/action.js';
import { type Agent, isLive } from '../../src/model/agent.js';
import { birthOf } from '../../src/model/agent-name.js';
import { knownValue, type Observed } from '../../src/model/observed.js';
import { placeholderOwner } from '../../src/model/placeholder.js';
import type { PoolSpec } from '../../src/model/pool.js';
import { OVERLONG } from '../../src/plan/job-limit.js';
import type { PlanOptions } from '../../src/plan/plan.js';

export type Planner = (desired: readonly PoolSpec[], observed: Observed, now: number, options: PlanOptions) => Plan;

/** A promise that a world saw broken. */
export class BrokenPromise extends Error {
  override readonly name = 'BrokenPromise';
  readonly promise: string;

  constructor(promise: string, found: string) {
    super(`${promise}: ${found}`);
    this.promise = promise;
  }
}

const checks = new Map<string, number>();

/** By promise: how often this process has checked it. */
export function checksSoFar(): Readonly<Record<string, number>> {
  return Object.fromEntries(checks);
}

/** Checks a promise, and counts that it did. @throws BrokenPromise. */
export function promised(holds: boolean, promise: string, found: () => string): void {
  checks.set(promise, (checks.get(promise) ?? 0) + 1);
  if (!holds) throw new BrokenPromise(promise, found());
}

/** One pass with all that it decided on. */
export interface Decision {
  readonly planner: Planner;
  readonly desired: readonly PoolSpec[];
  readonly observed: Observed;
  readonly now: number;
  readonly options: PlanOptions;
  readonly plan: Plan;
}

/** Holds a decision against every promise that can be read off it. @throws BrokenPromise. */
export function checkDecision(decision: Decision): void {
  const { observed, plan } = decision;
  checkTime(decision);
  promised(observed.agents.known || plan.actions.length === 0, 'an unread Incus lets nothing be done', () =>
    told(plan.actions),
  );
  const agents = new Map((knownValue(observed.agents) ?? []).map(agent => [agent.name, agent]));
  const taken = new Set(observed.inFlight.map(targetOf));
  const tried = new Set(observed.inFlight.map(keyOf));
  for (const action of plan.actions) {
    promised(!taken.has(targetOf(action)), 'one target has one action at a time', () => told([action]));
    taken.add(targetOf(action));
    const failure = observed.failures.get(keyOf(action));
    promised(failure === undefined || failure.retryAt <= decision.now, 'failures back off', () => told([action]));
    const isAlone = failure === undefined || !tried.has(keyOf(action));
    promised(isAlone, 'what has failed is tried again by one alone', () => told([action]));
    tried.add(keyOf(action));
    checkTouched(action, observed, agents);
    checkLastLines(action, observed, agents);
  }
  for (const spec of decision.desired) checkCounts(spec, decision, [...agents.values()]);
  const creations = [...observed.inFlight, ...plan.actions].filter(action => action.kind === 'create-instance');
  const planned = plan.actions.some(action => action.kind === 'create-instance');
  promised(!planned || creations.length <= decision.options.maxConcurrentCreates, 'creations at once are limited', () =>
    told(creations),
  );
  checkFences(decision, agents);
}

/**
 * The same arguments give the same plan, and nothing changes before `wakeAt`. One look just before `wakeAt` shows both;
 * where it differs, a second one tells which of them is broken.
 */
function checkTime({ planner, desired, observed, now, options, plan }: Decision): void {
  const justBefore = plan.wakeAt === undefined ? now + 3_600_000 : plan.wakeAt - 1;
  promised(justBefore >= now, 'wakeAt lies ahead', () => `${plan.wakeAt} at ${now}`);
  const later = planner(desired, observed, justBefore, options);
  if (areSame(later.actions, plan.actions)) return;
  const again = planner(desired, observed, now, options);
  promised(areSame(again.actions, plan.actions), 'same inputs, same plan', () => told(plan.actions));
  promised(
    false,
    'nothing changes before wakeAt',
    () => `${justBefore - now} ms later: ${told(later.actions)} instead of ${told(plan.actions)}`,
  );
}

/** Names of newborns hold the time; all else must be equal. */
function areSame(some: readonly Action[], others: readonly Action[]): boolean {
  if (some.length !== others.length) return false;
  return some.length === 0 || comparable(some) === comparable(others);
}

function comparable(actions: readonly Action[]): string {
  return JSON.stringify(actions.map(action => (action.kind === 'create-instance' ? { ...action, name: '' } : action)));
}

function checkTouched(action: Action, observed: Observed, agents: ReadonlyMap<string, Agent>): void {
  if (!('name' in action)) return;
  const isPlaceholder = action.kind === 'keep-placeholder' || action.kind === 'remove-placeholder';
  const isOurs = isPlaceholder
    ? placeholderOwner(action.name) === observed.owner
    : birthOf(action.name, observed.owner) !== undefined;
  promised(isOurs, 'what is foreign is not touched', () => told([action]));
  if (isPlaceholder) return;
  if (action.kind === 'create-instance') {
    promised(!agents.has(action.name), 'a name is used once', () => action.name);
    return;
  }
  const agent = agents.get(action.name);
  promised(agent !== undefined, 'only what is there is touched', () => told([action]));
  const destructive =
    action.kind === 'delete-registration' || action.kind === 'disable-agent' || action.kind === 'delete-instance';
  if (agent === undefined || !destructive) return;
  const harmless = action.kind === 'delete-instance' && (!agent.instance?.activatedAt || agent.phase === 'stopped');
  promised(harmless || agent.registration.known, 'an unread Azure lets nothing be ended', () => told([action]));
  const registration = knownValue(agent.registration);
  // Whether a job may be ended for its length is the world's to say.
  const overlong = action.reason === OVERLONG && observed.warned.has(agent.name);
  promised(
    harmless || overlong || action.kind === 'disable-agent' || registration?.assigned === undefined,
    'a busy agent is not ended',
    () => told([action]),
  );
}

/** Nobody can ask a guest that is deleted why it came to that. */
function checkLastLines(action: Action, { collected, failures }: Observed, agents: ReadonlyMap<string, Agent>): void {
  if (action.kind !== 'delete-instance') return;
  const instance = agents.get(action.name)?.instance;
  if (instance?.activatedAt === undefined || (instance.status !== 'running' && instance.status !== 'ready')) return;
  const isRead = collected.has(action.name) || failures.has(`collect-log/${action.name}`);
  promised(isRead, 'an agent that runs is asked for its last lines before it is deleted', () => told([action]));
}

function checkCounts(spec: PoolSpec, { observed, plan }: Decision, agents: readonly Agent[]): void {
  const own = agents.filter(agent => agent.pool === spec.name);
  const names = new Set(own.map(agent => agent.name));
  const activating = new Set(activations(observed.inFlight, spec));
  const live = own.filter(agent => isLive(agent.phase) && !activating.has(agent.name)).length + activating.size;
  const planned = activations(plan.actions, spec).length;
  promised(
    planned === 0 || live + planned <= spec.agentCount,
    'live and activating agents stay within agentCount',
    () => `${live} + ${planned} > ${spec.agentCount}`,
  );
  const creating = of(observed.inFlight, spec, 'create-instance').filter(name => !names.has(name)).length;
  const creations = of(plan.actions, spec, 'create-instance').length;
  const instances = own.filter(agent => agent.instance !== undefined).length + creating + creations;
  const ceiling = spec.agentCount + spec.reserve + Math.max(1, Math.floor(spec.agentCount / 2));
  promised(creations === 0 || instances <= ceiling, 'instances stay within their ceiling', () => {
    return `${instances} > ${ceiling}`;
  });
}

/** Phases in which an agent may be given a job, though it has none. */
const MAY_WORK: ReadonlySet<string> = new Set<Agent['phase']>(['starting', 'idle', 'offline']);

/**
 * An agent that has taken its job, that is finished, or that a person drains, is disabled in the same pass, unless that is under way
 * or has just failed.
 */
function checkFences({ desired, observed, plan }: Decision, agents: ReadonlyMap<string, Agent>): void {
  const dealtWith = new Set([...observed.inFlight, ...plan.actions].map(targetOf));
  for (const agent of agents.values()) {
    const registration = knownValue(agent.registration);
    if (!registration?.enabled || !desired.some(spec => spec.name === agent.pool)) continue;
    const isDealtWith = observed.failures.has(`disable-agent/${agent.name}`) || dealtWith.has(agent.name);
    if (agent.phase === 'finished') promised(isDealtWith, 'an agent that is finished is fenced', () => agent.name);
    else if (agent.instance?.status === 'running' && registration.assigned?.received)
      promised(isDealtWith, 'an agent that took a job is fenced', () => agent.name);
    const isDrained = observed.drained.has(agent.pool) || observed.drainedAgents.has(agent.name);
    if (isDrained && MAY_WORK.has(agent.phase) && registration.assigned === undefined)
      promised(isDealtWith, 'an agent that a person drains is disabled', () => `${agent.name}, ${agent.phase}`);
  }
}

function activations(actions: readonly Action[], spec: PoolSpec): string[] {
  return [...of(actions, spec, 'activate-agent'), ...of(actions, spec, 'enable-agent')];
}

function of(
  actions: readonly Action[],
  spec: PoolSpec,
  kind: 'activate-agent' | 'enable-agent' | 'create-instance',
): string[] {
  return actions.flatMap(action => (action.kind === kind && action.pool === spec.name ? [action.name] : []));
}

function told(actions: readonly Action[]): string {
  return actions.map(action => `${action.kind} ${targetOf(action)} (${action.reason})`).join(', ') || 'nothing';
}
