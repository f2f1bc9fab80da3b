/** Frames by which a guest gives itself out for another, as data. */
import type { Station } from './frames.js';

/** Who is on the bridge. */
export interface Parties {
  readonly attacker: Station;
  readonly victim: Station;
  readonly gateway: Station;
}

export interface Forgery {
  /** What holds where guests are kept apart. */
  readonly fact: string;
  /** Where it arrives when nothing keeps it back. */
  readonly reaches: 'victim' | 'host';
  /** Where it arrives, others on the bridge believe it too: it is for bridges of tests alone. */
  readonly misleadsOthers?: true;
  readonly frame: (parties: Parties, id: string) => Buffer;
}
