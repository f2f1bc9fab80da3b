/** One place that became free and was filled again. Instants are epoch ms. */
export interface Replacement {
  /** The job whose end freed the place. */
  readonly requestId: number;
  /** From the end of the job until the next agent was online. */
  readonly ms: number;
}

/**
 * Pairs the end of each job with the agent that came online next. An agent that came while no place was free is one of
 * the first, and replaces nobody.
 */
export function replacements(
  ends: readonly { readonly requestId: number; readonly at: number }[],
  onlineAts: readonly number[],
): Replacement[] {
  const arrivals = [...onlineAts].sort((a, b) => a - b);
  const free = [...ends].sort((a, b) => a.at - b.at);
  const found: Replacement[] = [];
  for (const arrival of arrivals) {
    const end = free[0];
    if (end === undefined || end.at > arrival) continue;
    found.push({ requestId: end.requestId, ms: arrival - end.at });
    free.shift();
  }
  return found;
}

/** Least, middle and greatest of the times; undefined when there are none. */
export function spread(
  times: readonly number[],
): { readonly min: number; readonly median: number; readonly max: number } | undefined {
  const sorted = [...times].sort((a, b) => a - b);
  const [min, max] = [sorted[0], sorted.at(-1)];
  if (min === undefined || max === undefined) return undefined;
  const middle = sorted.slice(Math.floor((sorted.length - 1) / 2), Math.floor(sorted.length / 2) + 1);
  return { min, median: middle.reduce((sum, time) => sum + time, 0) / middle.length, max };
}
