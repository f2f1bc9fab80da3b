import type { PoolStatus, RemovedPoolStatus } from '../report/status-document.js';
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
  readonly kind: 'trouble' | 'waits' | 'does';
  readonly text: string;
}

/** What a pool does, waits for and backs off from, in sentences; what is worst first. Pure. */
export function notesOf(pool: PoolStatus | RemovedPoolStatus, now: number): Note[] {
  const backingOff = pool.backingOff.map(({ action, on, error, failures, retryAt }): Note => {
    const again = retryAt > now ? `again in ${duration(retryAt - now)}` : 'again now';
    return { kind: 'trouble', text: `${action} of ${on} failed ${count(failures, 'time')}, ${again}: ${error}` };
  });
  if (!('target' in pool)) return [...backingOff, { kind: 'waits', text: `not in the configuration: ${pool.fate}` }];
  const { azure, drained, tries, waiting } = pool;
  return [
    ...(azure.readable
      ? []
      : [note('trouble', `Azure cannot be read since ${clock(azure.since)}: ${azure.error ?? ''}`)]),
    ...backingOff,
    ...(waiting === undefined ? [] : [note('waits', `waits: ${waiting}`)]),
    ...(drained && waiting === undefined ? [note('waits', 'drained by a person')] : []),
    ...(tries === undefined ? [] : [note('does', `tries the base ${tries}`)]),
    ...doings(pool.underWay),
  ];
}

function note(kind: Note['kind'], text: string): Note {
  return { kind, text };
}

/** Actions under way, many of one kind as one. */
function doings(underWay: PoolStatus['underWay']): Note[] {
  const kinds = [...new Set(underWay.map(({ action }) => action))];
  return kinds.map(kind => {
    const same = underWay.filter(({ action }) => action === kind);
    const [first] = same;
    const of = same.length === 1 ? `of ${first?.on}: ${first?.reason}` : `of ${same.length}`;
    return note('does', `now: ${kind} ${of}`);
  });
}
