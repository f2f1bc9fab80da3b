import type { Death } from '../report/death.js';

/** What the records of agents that ended tell of how long a guest takes from its making until it is prepared. */
export interface SeenPreparation {
  /** The median, in ms. */
  readonly ms: number;
  readonly count: number;
}

/** Fewer tell of chance, more than of the host. */
const FEWEST = 5;

/**
 * What the guests of a pool took; undefined where too few tell. From when Incus made the instance until the daemon saw it prepared,
 * which it hears at once: no other duration is part of it.
 */
export function seenPreparation(
  deaths: readonly Pick<Death, 'createdAt' | 'phases' | 'pool'>[],
  pool: string,
): SeenPreparation | undefined {
  const took = deaths.flatMap(({ createdAt, phases, pool: its }) => {
    const prepared = phases.find(({ phase }) => phase === 'prepared');
    const ms = its !== pool || createdAt === undefined || !prepared ? -1 : prepared.at - createdAt;
    // Incus may have another clock, which nobody can tell apart from a quick guest where it is only a little ahead.
    return ms > 0 ? [ms] : [];
  });
  const median = took.toSorted((a, b) => a - b)[Math.floor(took.length / 2)];
  return median === undefined || took.length < FEWEST ? undefined : { ms: median, count: took.length };
}
