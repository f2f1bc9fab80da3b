import { chosen } from './random.js';

/** Why Azure lets a request wait that an agent could do. */
export interface Holding {
  /** Whether a request may have an agent while so many others have theirs. */
  readonly mayRun: (requestId: number, running: number) => boolean;
  /** How many may have one at once, where Azure tells. */
  readonly parallelJobs?: number;
}

/** Every third request is approved by nobody. */
const UNAPPROVED: Holding = { mayRun: requestId => requestId % 3 !== 0 };

/**
 * In most worlds whose pools follow the queue Azure holds requests back while the storm lasts: what is beyond as many jobs as the
 * organisation has bought, be it that it tells the number or not, or what nobody approves. It is no matter of chance, so that
 * other worlds stay what they are.
 */
export function holdingOf(seed: number, areScaled: boolean): Holding | undefined {
  if (!areScaled) return undefined;
  const parallelJobs = 1 + chosen(seed, 'parallel jobs', 3);
  const mayRun: Holding['mayRun'] = (_, running) => running < parallelJobs;
  return [{ mayRun }, { mayRun, parallelJobs }, UNAPPROVED][chosen(seed, 'holding', 5)];
}
