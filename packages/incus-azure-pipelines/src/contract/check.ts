import type { Answers } from './answers.js';

/** One thing that this program, or an agent, relies on. */
export interface Check {
  readonly name: string;
  /** The steps whose answers it reads. */
  readonly steps: readonly string[];
  /** What is asked, in words. */
  readonly asks: string;
  /** What depends on it. */
  readonly matters: string;
  /** Whether nobody knows what the service answers: it is documented nowhere, and what the emulator does was our choice. */
  readonly isOpen?: true;
  /** Whether there is nothing to compare, since it is the server's own affair. */
  readonly isOnlyTold?: true;
  /** What was seen, in words that are the same for the same; undefined where it was not asked. */
  readonly reads: (answers: Answers) => string | undefined;
}

interface Reading {
  /** Members of the answer that are shown, as paths. */
  readonly shows?: readonly string[];
  /** The step that is read, where it is not of the check's own name. */
  readonly step?: string;
  /** Steps before it, of whose answers the fields alone are looked at. */
  readonly after?: readonly string[];
  readonly isOpen?: true;
}

/** Makes a check of one step: its status and what was said, with these members of the answer. */
export function checkOf(
  name: string,
  asks: string,
  matters: string,
  { after = [], shows = [], step = name, ...rest }: Reading = {},
): Check {
  return { name, steps: [...after, step], asks, matters, reads: answers => answers.shows(step, ...shows), ...rest };
}
