import type { Summary } from '../statistics.js';

/** Milliseconds as seconds, for people. */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

/** A share between 0 and 1, for people. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}

/** Median, and in brackets what is around it. */
export function spread(summary: Summary | undefined): string {
  if (summary === undefined) return 'nothing seen';
  const { min, median, p95, max, count } = summary;
  return `${seconds(median)} (min ${seconds(min)}, p95 ${seconds(p95)}, max ${seconds(max)}, n ${count})`;
}
