import type { WaitingStatus } from '../report/status-document.js';

/** A sentence about a pool, or what stands beside the pools. */
export interface Note {
  /** What it is about, which stays while the words change. */
  readonly key: string;
  readonly kind: 'trouble' | 'waits' | 'does';
  readonly text: string;
  /** It keeps the whole daemon or a whole pool from going on. */
  readonly isUrgent?: true;
  /** Why it failed, and when (epoch ms) it is tried again. */
  readonly failure?: Failure;
  /** The jobs that it is about, which wait. */
  readonly requests?: WaitingStatus['requests'];
}

interface Failure {
  /** What was tried. */
  readonly action: string;
  readonly error: string;
  readonly retryAt: number;
}

const WORST_FIRST: readonly Note['kind'][] = ['trouble', 'waits', 'does'];

/** A sentence and nothing more. Pure. */
export function note(kind: Note['kind'], key: string, text: string): Note {
  return { key, kind, text };
}

/** The notes that are some, by their kind, else in their order. Pure. */
export function worstFirst(notes: readonly (Note | false | undefined)[]): Note[] {
  const some = notes.filter(one => one !== undefined && one !== false);
  return some.sort((a, b) => WORST_FIRST.indexOf(a.kind) - WORST_FIRST.indexOf(b.kind));
}
