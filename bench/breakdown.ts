import { summarise } from './statistics.js';

/** One moment on the way of a replacement. */
export interface Moment {
  readonly label: string;
  /** Epoch ms; undefined where nobody told. */
  readonly at: number | undefined;
}

/** How long the way from one moment to the next took over many replacements. */
export interface Step {
  readonly from: string;
  readonly to: string;
  readonly count: number;
  readonly medianMs: number;
  readonly p95Ms: number;
}

/**
 * Sums up the steps between neighbouring moments. Each list holds the same labels in the same order; a moment that is
 * missing takes both of its steps out of the sum. A step may be negative: two clients read two clocks of one host, and
 * a guest may act before the call that moved it has come back.
 */
export function breakdownOf(ways: readonly (readonly Moment[])[]): readonly Step[] {
  const labels = ways[0]?.map(({ label }) => label) ?? [];
  return labels.slice(1).flatMap((to, index) => {
    const from = labels[index] ?? '';
    const lengths = ways.flatMap(way => {
      const [start, end] = [way[index]?.at, way[index + 1]?.at];
      return start === undefined || end === undefined ? [] : [end - start];
    });
    const summary = summarise(lengths);
    if (summary === undefined) return [];
    return [{ from, to, count: summary.count, medianMs: summary.median, p95Ms: summary.p95 }];
  });
}
