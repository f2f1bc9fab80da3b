import { setTimeout as delay } from 'node:timers/promises';
import { type Replacement, replacementsOf, type Sightings } from './sightings.js';

export interface ChurnOptions {
  /** Agents that do short jobs, one after the other. */
  readonly places: number;
  /** Agents whose one job never ends. */
  readonly loads: number;
  readonly windowMs: number;
  /** The window is left open until so many replacements were seen. */
  readonly leastReplacements: number;
  readonly signal: AbortSignal;
  /** Runs when the window opens, after the first job of every place. */
  readonly onWindow?: () => Promise<void>;
  /** Runs when the window closes, though it may be left open for replacements. */
  readonly onWindowEnd?: () => Promise<void>;
}

/** A pool at work, in a window of time. */
export interface Churn {
  /** Epoch ms. */
  readonly openedAt: number;
  readonly replacements: readonly Replacement[];
  readonly jobsPerMinute: number;
}

const fillDeadlineMs = 240_000;
const churnDeadlineMs = 300_000;

/** Watches a pool that has just been started until its window is over. */
export async function watchChurn(sightings: Sightings, options: ChurnOptions): Promise<Churn> {
  const { places, loads, windowMs, leastReplacements, signal } = options;
  const agents = places + loads;
  await sightings.reach('online', agents, fillDeadlineMs, signal);
  await sightings.reach('done', places, fillDeadlineMs, signal);
  await options.onWindow?.();
  const openedAt = Date.now();
  const before = sightings.count('done');
  await delay(windowMs, undefined, { signal });
  const closedAt = Date.now();
  await options.onWindowEnd?.();
  await sightings.reach('online', agents + before + leastReplacements, churnDeadlineMs, signal);
  const inWindow = ({ at }: { readonly at: number }) => at >= openedAt && at <= closedAt;
  const done = sightings.all.filter(sighting => sighting.kind === 'done' && inWindow(sighting)).length;
  return {
    openedAt,
    replacements: replacementsOf(sightings.all, agents).filter(({ doneAt }) => doneAt >= openedAt),
    jobsPerMinute: done / ((closedAt - openedAt) / 60_000),
  };
}
