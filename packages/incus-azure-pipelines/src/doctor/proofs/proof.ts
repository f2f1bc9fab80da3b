/** What is tried in guests to show that they are kept where they belong, and what came of it. */

/** Known to be open: with a risk that is written down. Untried: it could not be shown here, for a reason that is told. */
export type Outcome = 'passed' | 'failed' | 'open' | 'untried';

/** One thing that is to hold. */
export interface Trial {
  /** As the page on security names it. */
  readonly fact: string;
  /** In words, or as root in a guest has typed it. */
  readonly tried: string;
  /** May hold the words of a guest. */
  readonly came: string;
  readonly outcome: Outcome;
  /** Of what is open. */
  readonly risk?: string;
  /** Of what failed, and of what is open where something helps. */
  readonly remedy?: string;
}

export type ProofKind = 'isolation' | 'docker' | 'limits' | 'memory';

export interface Proof {
  readonly kind: ProofKind;
  /** What the guests were made from, in words. */
  readonly from: string;
  /** Names of the pools whose agents are made so. */
  readonly pools: readonly string[];
  readonly trials: readonly Trial[];
}

/** Where it was tried. Each is a name and a version, as far as they are known. */
export interface Place {
  readonly host: string;
  readonly kernel: string;
  readonly incus: string;
  readonly containers: string;
  readonly storage: string;
  readonly firewall: string;
  readonly network: string;
}

/** What was not tried, and why. */
export function untried(facts: readonly string[], why: string): readonly Trial[] {
  return facts.map(fact => ({ fact, tried: 'nothing', came: why, outcome: 'untried' }));
}
