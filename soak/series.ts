import { summarise } from '../bench/statistics.js';

/** One value at a time, ms from the beginning. */
export interface Point {
  readonly atMs: number;
  readonly value: number;
}

/** A run of values in the first and the last quarter of the time, by their medians, and at most. */
export interface Course {
  readonly count: number;
  readonly firstQuarter: number;
  readonly lastQuarter: number;
  readonly max: number;
}

/** How values went over a time; undefined where one of the two quarters has none. */
export function courseOf(points: readonly Point[], durationMs: number): Course | undefined {
  const values = (from: number, to: number) =>
    points.filter(({ atMs }) => atMs >= from * durationMs && atMs <= to * durationMs).map(({ value }) => value);
  const [first, last, all] = [summarise(values(0, 0.25)), summarise(values(0.75, 1)), summarise(values(0, 1))];
  if (first === undefined || last === undefined || all === undefined) return undefined;
  return { count: all.count, firstQuarter: first.median, lastQuarter: last.median, max: all.max };
}

/** The median of each of `parts` equal parts of the time, at its middle; a part without values is left out. */
export function mediansOf(points: readonly Point[], durationMs: number, parts: number): Point[] {
  const partMs = durationMs / parts;
  return Array.from({ length: parts }).flatMap((_, part) => {
    const inside = points.filter(({ atMs }) => Math.floor(atMs / partMs) === part).map(({ value }) => value);
    const median = summarise(inside)?.median;
    return median === undefined ? [] : [{ atMs: (part + 0.5) * partMs, value: median }];
  });
}
