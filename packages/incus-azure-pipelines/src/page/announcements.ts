import type { StatusDocument } from '../report/status-document.js';
import type { Note } from './note.js';
import { notesOf } from './pool-view.js';
import { systemNotes } from './system-view.js';

/** What who is read the page has been told of trouble, without asking. */
export interface Announced {
  /** What is wrong by now, by what it is about, in the words in which it was told. */
  readonly troubles: ReadonlyMap<string, Trouble>;
  /** The latest of what was told. */
  readonly lines: readonly Line[];
  readonly told: number;
}

interface Trouble {
  readonly isUrgent: boolean;
  readonly text: string;
}

/** One sentence that was told; its number is its own. */
interface Line extends Trouble {
  readonly number: number;
}

export const SILENCE: Announced = { troubles: new Map(), lines: [], told: 0 };

const MOST_LINES = 8;

/**
 * What is told once a status has come: trouble when it begins, and when it is over, each once, however often its words change
 * meanwhile. What fails for many agents of a pool is one trouble. Pure.
 */
export function announced(before: Announced, status: StatusDocument, today: number, isLate = false): Announced {
  const now = troublesIn(status, today, isLate);
  const troubles = new Map([...now].map(([key, trouble]) => [key, before.troubles.get(key) ?? trouble]));
  const begun = [...now].flatMap(([key, trouble]) => (before.troubles.has(key) ? [] : [trouble]));
  const over = [...before.troubles].flatMap(([key, { text }]) =>
    now.has(key) ? [] : [{ isUrgent: false, text: `over: ${text}` }],
  );
  const fresh = [...begun, ...over].map((trouble, index) => ({ ...trouble, number: before.told + index + 1 }));
  if (fresh.length === 0) return before;
  return { troubles, lines: [...before.lines, ...fresh].slice(-MOST_LINES), told: before.told + fresh.length };
}

function troublesIn(status: StatusDocument, today: number, isLate: boolean): Map<string, Trouble> {
  const found = new Map<string, Trouble>();
  const add = (key: string, prefix: string, { failure, isUrgent, text }: Note) => {
    if (!found.has(key))
      found.set(key, { isUrgent: isUrgent === true, text: `${prefix}${text}${failure ? `: ${failure.error}` : ''}` });
  };
  for (const note of systemNotes(status, today, isLate)) if (note.kind === 'trouble') add(note.key, '', note);
  for (const pool of [...status.pools, ...status.removed])
    for (const note of notesOf(pool, today))
      if (note.kind === 'trouble') add(`${pool.name}/${note.failure?.action ?? note.key}`, `${pool.name}: `, note);
  return found;
}
