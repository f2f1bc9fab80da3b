import type { HoursStatus, PoolStatus, RemovedPoolStatus } from '../report/status-document.js';
import { PHASES, type Phase } from './phases.js';
import { clock, count, duration } from './words.js';

/** How many agents are in each phase that is there, in the order of a life. Pure. */
export function tally(agents: PoolStatus['agents']): { readonly phase: Phase; readonly count: number }[] {
  return PHASES.flatMap(phase => {
    const count = agents.filter(agent => agent.phase === phase).length;
    return count === 0 ? [] : [{ phase, count }];
  });
}

export interface Note {
  /** What it is about, which stays while the words change. */
  readonly key: string;
  readonly kind: 'trouble' | 'waits' | 'does';
  readonly text: string;
  /** Why it failed, and when (epoch ms) it is tried again. */
  readonly failure?: { readonly error: string; readonly retryAt: number };
}

/** What a pool does, waits for and backs off from, in sentences; what is worst first. Pure. */
export function notesOf(pool: PoolStatus | RemovedPoolStatus): Note[] {
  const backingOff = pool.backingOff.map(({ action, on, error, failures, retryAt }) => ({
    ...note('trouble', `${action}/${on}`, `${action} of ${on} failed ${count(failures, 'time')}`),
    failure: { error, retryAt },
  }));
  if (!('target' in pool)) return [...backingOff, note('waits', 'removed', `not in the configuration: ${pool.fate}`)];
  const { azure, drained, placeholder, queue, tokenRefusedSince, tries, waiting } = pool;
  return [
    ...(azure.readable
      ? []
      : [note('trouble', 'azure', `Azure cannot be read since ${clock(azure.since)}: ${azure.error ?? ''}`)]),
    ...(tokenRefusedSince === undefined
      ? []
      : [
          note(
            'trouble',
            'token',
            `the token is refused since ${clock(tokenRefusedSince)}; the one before it is used as long as it is good`,
          ),
        ]),
    ...backingOff,
    ...(waiting === undefined ? [] : [note('waits', 'waits', `waits: ${waiting}`)]),
    ...(queue?.unread === undefined
      ? []
      : [
          note(
            'trouble',
            'queue',
            `the queue cannot be read since ${clock(queue.unread.since)}: ${queue.unread.error}`,
          ),
        ]),
    ...(queue?.waiting ?? []).map(({ requests, why }) =>
      note('waits', `queue/${why}`, `${count(requests.length, 'job')} queued: ${why}`),
    ),
    ...(drained && waiting === undefined ? [note('waits', 'drained', 'drained by a person')] : []),
    ...(placeholder === undefined
      ? []
      : [
          note(
            placeholder.state === 'there' ? 'does' : 'waits',
            'placeholder',
            `placeholder ${placeholder.state}: ${placeholder.why}`,
          ),
        ]),
    ...(tries === undefined ? [] : [note('does', 'tries', `tries the base ${tries}`)]),
    ...doings(pool.underWay),
  ];
}

/** When what failed is tried again, in words. Pure. */
export function tryAgain(retryAt: number, now: number): string {
  return retryAt > now ? `again in ${duration(retryAt - now)}` : 'again now';
}

/** The standby that is in force, where it follows the clock, and for how long it still is. Pure. */
export function standbyWords({ during, standby, until }: HoursStatus, now: number): string {
  return `${standby} (${during}${until === undefined ? '' : `; for ${duration(until - now)} more`})`;
}

function note(kind: Note['kind'], key: string, text: string): Note {
  return { key, kind, text };
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
