import type { LoadFigure, Replacement } from '../report/page-document.js';

/** A chart's columns: times in seconds, then a row for each line; null where nothing is known. */
export type Columns = [number[], ...(number | null)[][]];

/** So many looks that left no figure are a hole: nobody knew. */
const MISSED_LOOKS = 3;
/** There is one figure for so long (ms), however often the daemon looks. */
const FIGURE_MS = 10_000;

/** Busy, live and wanted agents over time, with a hole where the daemon did not run. Pure. */
export function loadColumns(load: readonly LoadFigure[], lookEveryMs: number): Columns {
  const holeMs = MISSED_LOOKS * Math.max(lookEveryMs, FIGURE_MS);
  const rows: [at: number, ...(number | null)[]][] = [];
  for (const [index, { at, busy, live, target }] of load.entries()) {
    const before = load[index - 1]?.at ?? at;
    if (at - before > holeMs) rows.push([(before + at) / 2, null, null, null]);
    rows.push([at, busy, live, target]);
  }
  const line = (index: number) => rows.map(row => row[index] ?? null);
  return [rows.map(([at]) => at / 1000), line(1), line(2), line(3)];
}

/** How long each place took to be filled again, in seconds. Pure. */
export function replacementColumns(replacements: readonly Replacement[]): Columns {
  return [replacements.map(({ at }) => at / 1000), replacements.map(({ ms }) => ms / 1000)];
}

/** The middle one and the largest; undefined where there is none. Pure. */
export function spread(replacements: readonly Replacement[]): { median: number; longest: number } | undefined {
  const sorted = replacements.map(({ ms }) => ms).sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)];
  const longest = sorted.at(-1);
  return median === undefined || longest === undefined ? undefined : { median, longest };
}
