import { type Action, keyOf } from '../model/action.js';
import type { Agent, BaseRecord } from '../model/agent.js';
import { nextBirth } from '../model/agent-name.js';
import type { Observed } from '../model/observed.js';
import type { Alarm } from './alarm.js';
import type { Census } from './census.js';
import { createInstance, creationsWanted, standing } from './fill.js';
import type { Room } from './room.js';
import { wantsTrial } from './trial.js';

/**
 * A boot takes the cores until its guest is prepared; one that has hung in it for so long is not waited for by others.
 */
const BOOT_MS = 10_000;

/** What an instance is created for, the most urgent first, and how that is said. */
const PURPOSES = { agents: 'below target', reserve: 'for the reserve', trial: 'tries the new base' } as const;

type Purpose = keyof typeof PURPOSES;

/** What one pool still wants of one kind. */
interface Need {
  readonly census: Census;
  readonly base: BaseRecord;
  wanted: number;
  /** Instances that it has, those included that have just been decided. */
  has: number;
}

/** Whose turn it is to have something created. */
interface Turn {
  readonly purpose: Purpose;
  readonly isFor: (census: Census) => boolean;
}

const IN_ORDER: readonly Turn[] = (['agents', 'reserve', 'trial'] as const).map(purpose => ({
  purpose,
  isFor: () => true,
}));

/**
 * Where the host may never have room for all, nothing would ever be tried beside them. There it comes first, in a pool that has
 * others: it takes the place of the next one.
 */
const WITH_ROOM_KEPT: readonly Turn[] = [
  { purpose: 'trial', isFor: census => standing(census) > 0 },
  { purpose: 'agents', isFor: () => true },
  { purpose: 'reserve', isFor: () => true },
  { purpose: 'trial', isFor: census => standing(census) === 0 },
];

/**
 * Creations of all pools share one limit; agents that are missing come before any reserve, and that before new bases. Of
 * the pools that want the same, the emptiest is served first, so that no small pool waits until a big one is full.
 */
export function* create(
  censuses: readonly Census[],
  agents: readonly Agent[],
  observed: Observed,
  now: number,
  maxConcurrentCreates: number,
  room: Room,
  alarm: Alarm,
): Generator<Action> {
  if (observed.creationBlocked !== undefined) return;
  const underWay = observed.inFlight.flatMap(action => (action.kind === 'create-instance' ? [action.name] : []));
  const booting = agents.filter(a => a.phase === 'preparing' && !underWay.includes(a.name) && isBooting(a, alarm));
  let free = maxConcurrentCreates - underWay.length - booting.length;
  const names = [...agents.map(agent => agent.name), ...underWay];
  const tried = new Set(observed.inFlight.map(keyOf));
  let isShort = false;
  for (const { purpose, isFor } of room.isKept ? WITH_ROOM_KEPT : IN_ORDER) {
    // What comes free is for the agents that wait for room, though something smaller would have enough of it now.
    if (isShort) return;
    const needs = censuses.filter(isFor).flatMap(census => needOf(purpose, census, observed, tried, alarm));
    for (let need = emptiest(needs); need !== undefined && free > 0; need = emptiest(needs)) {
      if (!room.takeFor(need.census.spec)) {
        need.wanted = 0;
        isShort ||= purpose === 'agents';
        continue;
      }
      const birthAt = nextBirth(now, names, observed.owner);
      const action = createInstance(need.census, need.base, observed.owner, birthAt, PURPOSES[purpose]);
      names.push(action.name);
      tried.add(keyOf(action));
      need.wanted -= 1;
      need.has += 1;
      free -= 1;
      yield action;
    }
  }
}

/** A pool for which it has failed tries it with one alone, and more of its wishes would take the room of other pools in vain. */
function needOf(
  purpose: Purpose,
  census: Census,
  observed: Observed,
  tried: ReadonlySet<string>,
  alarm: Alarm,
): Need[] {
  const key = `create-instance/${census.spec.name}`;
  const failure = observed.failures.get(key);
  if (failure && (!alarm.passed(failure.retryAt) || (purpose !== 'trial' && tried.has(key)))) return [];
  const base = purpose === 'trial' ? census.bases.tried : census.bases.base;
  if (base === undefined) return [];
  const wanted = Math.min(wantedFor(purpose, census, observed, alarm), failure ? 1 : Number.POSITIVE_INFINITY);
  return [{ census, base, wanted, has: standing(census) }];
}

function wantedFor(purpose: Purpose, census: Census, observed: Observed, alarm: Alarm): number {
  const { agents, reserve } = creationsWanted(census, observed, alarm);
  if (purpose !== 'trial') return purpose === 'agents' ? agents : reserve;
  return wantsTrial(census, agents + reserve, observed, alarm) ? 1 : 0;
}

/** The pool that has the smallest part of what it is to have; the first in the file of those that have as little. */
function emptiest(needs: readonly Need[]): Need | undefined {
  const share = ({ census: { spec, target }, has }: Need) => has / Math.max(1, target + spec.reserve);
  return needs
    .filter(({ wanted }) => wanted > 0)
    .reduce<Need | undefined>((least, need) => (least && share(least) <= share(need) ? least : need), undefined);
}

function isBooting(agent: Agent, alarm: Alarm): boolean {
  // Not since its creation: that is told by the clock of the Incus host.
  return agent.instance !== undefined && !alarm.passed(agent.since + BOOT_MS);
}
