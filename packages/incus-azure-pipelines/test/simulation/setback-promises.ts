/** What the daemon promises of guests that are of no use: they cost little, be it that nothing else can be done. */
import { type Action, PREPARATION, REGISTRATION } from '../../src/model/action.js';
import { knownValue } from '../../src/model/observed.js';
import { type Decision, promised } from './promises.js';
import type { World } from './world.js';

/** What is tried again after which end. */
const ATTEMPTS: readonly (readonly [string, readonly Action['kind'][]])[] = [
  [PREPARATION, ['create-instance']],
  [REGISTRATION, ['activate-agent', 'listen-agent']],
];
const MINUTE_MS = 60_000;
/** How many instances a pool makes in a minute beyond all that it may have at once. */
const MOST = 8;

/** After an instance has ended in vain one alone is tried, and not at once. @throws BrokenPromise. */
export function checkSetbacks({ desired, observed, now, plan }: Decision): void {
  const known = new Set((knownValue(observed.agents) ?? []).map(({ name }) => name));
  for (const { name } of desired) {
    for (const [setback, kinds] of ATTEMPTS) {
      const failure = observed.failures.get(`${setback}/${name}`);
      const isNext = (action: Action) => action.pool === name && kinds.includes(action.kind) && !('tries' in action);
      const next = plan.actions.filter(isNext);
      if (failure === undefined || next.length === 0) continue;
      promised(failure.retryAt <= now, 'what ended in vain is not tried again at once', () => `${setback} in ${name}`);
      // Of a creation that drags on, more may be seen already than that it was made.
      const isUnseen = (action: Action) => setback === REGISTRATION || ('name' in action && !known.has(action.name));
      // What was begun before it was known that its base has to be tried is a trial by now.
      const tries = plan.pools.get(name)?.tries;
      const isTrial = (action: Action) => tries !== undefined && 'base' in action && action.base === tries;
      const underWay = observed.inFlight.filter(action => isNext(action) && isUnseen(action) && !isTrial(action));
      promised(
        next.length + underWay.length === 1,
        'after an end in vain one alone is tried',
        () => `${next.length} + ${underWay.length} in ${name}`,
      );
    }
  }
}

/** When one daemon has made instances of bases that are of no use. Trials are promised elsewhere. */
export class VainCreations {
  readonly #world: World;
  readonly #made = new Map<string, readonly { readonly name: string; readonly at: number }[]>();

  constructor(world: World) {
    this.#world = world;
  }

  /** @throws BrokenPromise. */
  note({ base, name, pool, tries }: Action<'create-instance'>): void {
    const { desired, drainedAgents, most, sharers, timeline } = this.#world;
    if (tries !== undefined || this.#world.faultOf(base) === undefined) return;
    const { now } = timeline;
    const made = [...(this.#made.get(pool) ?? []).filter(({ at }) => at > now - MINUTE_MS), { name, at: now }];
    this.#made.set(pool, made);
    // What a person drains is replaced at once, and what goes for its user ids after a while: no fault of its base.
    const count = made.filter(one => !drainedAgents.has(one.name) && !sharers.has(one.name)).length;
    const agentCount = most.get(pool) ?? 0;
    const reserve = desired.find(({ name }) => name === pool)?.reserve ?? 0;
    const atOnce = agentCount + reserve + Math.max(1, Math.floor(agentCount / 2));
    promised(
      count <= atOnce + MOST,
      'a pool whose base is of no use makes few instances',
      () => `${count} in ${pool}, of ${base}`,
    );
  }
}
