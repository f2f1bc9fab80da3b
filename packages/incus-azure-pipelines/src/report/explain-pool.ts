import { ago, howOften, lasting } from '../lib/times.js';
import type { Death } from './death.js';
import type { Account } from './explanation.js';
import { printable } from './printable.js';
import { numbersOf } from './request-numbers.js';
import { sayPlaceholder } from './say-placeholder.js';
import { sayStandby } from './say-standby.js';
import type { PlaceholderStatus, PoolStatus, QueueStatus, RemovedPoolStatus } from './status-document.js';
import { JOB_DONE } from './why-it-ended.js';

/** Of ends that are not as they should be, so many are told. */
const TOLD_ENDS = 3;

/** Why a pool has the agents that it has: sentences, the answer first, which is what cannot be read where something cannot. */
export function explainPool(pool: PoolStatus, { deaths, now, status }: Account): readonly string[] {
  const { name } = pool;
  const unknown = [
    ...unread('Incus', status.incus, now, 'nothing is decided'),
    ...unread('Azure', pool.azure, now, 'no agent is ended and none activated'),
  ];
  return [
    ...(unknown.length === 0 ? countsOf(pool) : [...unknown, ...blindly(pool)]),
    ...refusalOf(pool, now),
    ...(pool.hours === undefined ? [] : [`Its standby follows the clock: ${sayStandby(pool.hours, now)}.`]),
    ...(pool.queue === undefined ? [] : queueOf(pool.queue, now)),
    ...(pool.placeholder === undefined ? [] : [`Its placeholder is ${sayPlaceholder(pool.placeholder)}.`]),
    ...pool.backingOff.map(
      ({ action, error, failures, on, retryAt }) =>
        `${action}${on === name ? '' : ` of ${on}`} failed ${howOften(failures)}, and is tried again in ${lasting(retryAt - now)}: ${error}`,
    ),
    ...[...pool.underWay, ...pool.decided].map(
      ({ action, on, reason }) => `Under way: ${action} ${on}, because: ${reason}.`,
    ),
    ...baseOf(pool, now),
    ...endsOf(name, deaths, now),
  ];
}

function countsOf({ live, name, prepared, preparing, target, waiting, wants }: PoolStatus): string[] {
  const isFull = live >= target;
  const answer = isFull ? 'It has what it wants.' : 'Nothing keeps it from that: what it lacks is being made.';
  return [
    `Pool ${name} wants ${wants}; it has ${live} ${live === 1 ? 'agent' : 'agents'} of ${target}, ${prepared} prepared and ${preparing} preparing.`,
    waiting === undefined ? answer : `It waits: ${waiting}`,
  ];
}

function* queueOf({ followed, unread, waiting }: QueueStatus, now: number): Generator<string> {
  if (unread !== undefined)
    yield `The queue cannot be read since ${ago(unread.since, now)}${followed ? ', so no agent is made for it, and none drained' : ''}: ${unread.error}`;
  for (const { requests, why } of waiting)
    yield `${requests.length} ${requests.length === 1 ? 'job request waits' : 'job requests wait'} (${numbersOf(requests)}): ${why}.`;
}

/** Nothing fails of it yet, and soon everything does. */
function refusalOf({ tokenRefusedSince }: PoolStatus, now: number): string[] {
  if (tokenRefusedSince === undefined) return [];
  return [
    `Its token is refused since ${ago(tokenRefusedSince, now)}; the one before it is used as long as it is good.`,
  ];
}

/** Numbers of what cannot be read would be made up. */
function blindly({ name, waiting }: PoolStatus): string[] {
  return [
    `How many agents pool ${name} has is not known meanwhile.`,
    ...(waiting === undefined ? [] : [`It waits: ${waiting}`]),
  ];
}

/** What a registration is for that no agent has. */
export function explainPlaceholder(pool: string, { name, why }: PlaceholderStatus): readonly string[] {
  return [
    `${name} is the placeholder of pool ${pool}, and no agent: it is never online and gets no job.`,
    `Now: ${why}.`,
  ];
}

/** What becomes of a pool that is not in the configuration any more. */
export function explainRemoved({ agents, fate, name }: RemovedPoolStatus): readonly string[] {
  return [
    `Pool ${name} is not in the configuration any more: ${fate}.`,
    `${agents.length} of its instances and registrations are left.`,
  ];
}

function unread(what: string, { error, readable, since }: PoolStatus['azure'], now: number, sequel: string): string[] {
  return readable ? [] : [`${what} cannot be read since ${ago(since, now)}, so ${sequel}: ${error}`];
}

function baseOf({ agents, base, generation, tries }: PoolStatus, now: number): string[] {
  if (base === undefined) return ['It is not known yet which base it needs.'];
  const isServed = agents.some(agent => agent.base !== undefined && agent.base !== base);
  if (generation === undefined)
    return [`Its base ${base} is not built${isServed ? '; agents are of an older one meanwhile' : ''}.`];
  const { agentVersion, builtAt, checkedAt, proven } = generation;
  const trial = tries === undefined ? '' : '; one agent tries it out';
  return [
    `Its base ${base} has agent ${agentVersion}, was built ${ago(builtAt, now)}, seen to be the newest ${ago(checkedAt, now)}, and is ${proven ? '' : 'not '}known to work${trial}.`,
  ];
}

function endsOf(pool: string, deaths: readonly Death[], now: number): string[] {
  const own = deaths.filter(death => death.pool === pool);
  const others = own.filter(({ why }) => why !== JOB_DONE.words);
  if (own.length === 0) return ['None of its agents has ended yet.'];
  return [
    own.length === 1
      ? `One agent has ended, ${others.length === 0 ? '' : 'not '}because its job was done.`
      : `Of its last ${own.length} agents that ended, ${own.length - others.length} did so because their job was done.`,
    ...others
      .slice(0, TOLD_ENDS)
      .map(({ goneAt, name, why }) => `${name} ended ${ago(goneAt, now)}: ${printable(why)}`),
  ];
}
