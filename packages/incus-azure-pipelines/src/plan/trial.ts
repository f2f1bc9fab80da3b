/**
 * Trying out a new base while an older one is known to work: one instance of it is made and prepared beside all others,
 * and takes the next place that is free. What comes of it is seen by the mark of the base, or by a failure of the trial.
 */
import { type Action, PREPARATION, TRIAL } from '../model/action.js';
import type { Agent } from '../model/agent.js';
import type { Observed } from '../model/observed.js';
import { scales } from '../model/pool.js';
import type { Alarm } from './alarm.js';
import { type Census, missing, room } from './census.js';
import { retire } from './reap.js';
import { instanceCeiling } from './target.js';

/** Why an idle agent goes for one that tries a base. */
export const MAKES_WAY = 'makes way for an agent that tries the new base';

/** The prepared instance that may take the next place to try its base; undefined while there is none, or it is too early. */
export function trialDue(census: Census, observed: Observed, alarm: Alarm): Agent | undefined {
  const { activating, trials } = census;
  const isActivated = ({ name, instance }: Agent) => instance?.activatedAt !== undefined || activating.has(name);
  const failure = observed.failures.get(`${TRIAL}/${census.bases.tried?.name}`);
  if (trials.some(isActivated) || (failure && !alarm.passed(failure.retryAt))) return undefined;
  return trials.find(({ phase, registration }) => phase === 'prepared' && registration.known);
}

/**
 * Whether an instance is to be made that tries a base: there is none, it takes the room of no other, and its pool does not wait
 * because one has just ended before it was of use, whatever its base.
 */
export function wantsTrial(census: Census, othersWanted: number, observed: Observed, alarm: Alarm): boolean {
  const { bases, spec, trials } = census;
  if (bases.tried === undefined || spec.agentCount === 0 || trials.length > 0 || census.creatingTrials > 0)
    return false;
  const failures = [`${TRIAL}/${bases.tried.name}`, `${PREPARATION}/${spec.name}`].map(key =>
    observed.failures.get(key),
  );
  if (failures.some(failure => failure && !alarm.passed(failure.retryAt))) return false;
  return census.instances + census.creating + othersWanted < instanceCeiling(spec);
}

/**
 * Whether the instance that tries a base may have a place now. A pool that scales has places beside those that it wants, and
 * gives up no agent for a base that may not work.
 */
export function hasPlace(census: Census): boolean {
  return missing(census) > 0 || hasSpare(census);
}

function hasSpare(census: Census): boolean {
  return scales(census.spec) && room(census) > 0;
}

/**
 * Drains an idle agent for the instance that tries a base: else the base of a quiet pool would never be known to work. While
 * some have jobs, one stays idle for the next; the last one goes only where no job's end would free a place. Nobody goes where
 * a place is free beside all of them.
 */
export function* makeWay(census: Census, idle: readonly Agent[], observed: Observed, alarm: Alarm): Generator<Action> {
  const others = census.live.filter(({ phase }) => phase !== 'idle');
  const isSettled = others.every(({ phase }) => phase === 'busy') && missing(census) === 0;
  const [oldest] = idle;
  if (oldest === undefined || hasSpare(census) || !isSettled || (others.length > 0 && idle.length === 1)) return;
  if (trialDue(census, observed, alarm) !== undefined) yield* retire(oldest, MAKES_WAY, alarm);
}

/** Unactivated instances of the tried base that are too many: one is enough, and none is needed beside an activated one. */
export function surplusTrials({ trials, activating }: Census): readonly Agent[] {
  const isWaiting = ({ name, phase }: Agent) =>
    (phase === 'prepared' || phase === 'preparing') && !activating.has(name);
  const waiting = trials.filter(isWaiting).sort((a, b) => (a.phase === b.phase ? 0 : a.phase === 'prepared' ? -1 : 1));
  return waiting.length < trials.length ? waiting : waiting.slice(1);
}
