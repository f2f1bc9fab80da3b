import type { HoursStatus, PoolStatus, RemovedPoolStatus } from '../report/status-document.js';
import { expiryNote } from './expiry.js';
import { type Note, note, worstFirst } from './note.js';
import { PHASES, type Phase } from './phases.js';
import { clock, count, duration } from './words.js';

/** How many agents are in each phase that is there, in the order of a life. Pure. */
export function tally(agents: PoolStatus['agents']): { readonly phase: Phase; readonly count: number }[] {
  return PHASES.flatMap(phase => {
    const count = agents.filter(agent => agent.phase === phase).length;
    return count === 0 ? [] : [{ phase, count }];
  });
}

/** What a pool does, waits for and backs off from, in sentences, what is worst first; `today` is an instant of the reader's day. Pure. */
export function notesOf(pool: PoolStatus | RemovedPoolStatus, today: number): Note[] {
  const backingOff = pool.backingOff.map(({ action, on, error, failures, retryAt }) => ({
    ...note('trouble', `${action}/${on}`, `${action} of ${on} failed ${times(failures)}`),
    failure: { action, error, retryAt },
  }));
  if (!('target' in pool)) return [...backingOff, note('waits', 'removed', `not in the configuration: ${pool.fate}`)];
  const { azure, drained, placeholder, queue, tokenExpiresAt, tokenRefusedSince, tries, waiting } = pool;
  const { unread } = queue ?? {};
  const since = (at: number) => `since ${clock(at, today)}`;
  return worstFirst([
    !azure.readable && {
      ...note('trouble', 'azure', `Azure cannot be read ${since(azure.since)}: ${azure.error ?? ''}`),
      isUrgent: true,
    },
    tokenRefusedSince !== undefined &&
      note(
        'trouble',
        'token',
        `the token is refused ${since(tokenRefusedSince)}; the one before it is used as long as it is good`,
      ),
    expiryNote(tokenExpiresAt, today),
    ...backingOff,
    waiting !== undefined && note('waits', 'waits', `waits: ${waiting}`),
    unread && note('trouble', 'queue', `the queue cannot be read ${since(unread.since)}: ${unread.error}`),
    ...(queue?.waiting ?? []).map(({ requests, why }) => ({
      ...note('waits', `queue/${why}`, `${count(requests.length, 'job')} queued: ${why}`),
      requests,
    })),
    drained && waiting === undefined && note('waits', 'drained', 'drained by a person'),
    placeholder &&
      note(
        placeholder.state === 'there' ? 'does' : 'waits',
        'placeholder',
        `placeholder ${placeholder.state}: ${placeholder.why}`,
      ),
    tries !== undefined && note('does', 'tries', `tries the base ${tries}`),
    ...doings(pool.underWay),
  ]);
}

function times(n: number): string {
  return n === 1 ? 'once' : count(n, 'time');
}

/** When what failed is tried again, in words. Pure. */
export function tryAgain(retryAt: number, now: number): string {
  return retryAt > now ? `again in ${duration(retryAt - now)}` : 'again now';
}

/** The standby that is in force, where it follows the clock, and for how long it still is. Pure. */
export function standbyWords({ during, standby, until }: HoursStatus, now: number): string {
  return `${standby} (${during}${until === undefined ? '' : `; for ${duration(until - now)} more`})`;
}

/** Actions under way, many of one kind as one. */
function doings(underWay: PoolStatus['underWay']): Note[] {
  const kinds = [...new Set(underWay.map(({ action }) => action))];
  return kinds.map(kind => {
    const same = underWay.filter(({ action }) => action === kind);
    const [first] = same;
    const of = same.length === 1 ? `of ${first?.on}: ${first?.reason}` : `of ${same.length}`;
    return note('does', `now/${kind}`, `now: ${kind} ${of}`);
  });
}
