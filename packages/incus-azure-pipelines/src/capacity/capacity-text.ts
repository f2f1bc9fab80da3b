import { formatGib } from '../lib/units.js';
import { enough, type Forecast, type Waits } from './forecast.js';

/** What is said beside the forecasts. */
export interface CapacityFacts {
  readonly pool: string;
  readonly jobs: number;
  /** When the first and the last of them were queued (epoch ms). */
  readonly fromAt: number;
  readonly toAt: number;
  /** What the jobs waited then; undefined where nobody knows. */
  readonly asItWas: Waits | undefined;
  /** Sentences on what is left out, and on what the figures rest. */
  readonly notes: readonly string[];
  /** Of one agent; undefined where it may have all. */
  readonly memoryBytes: number | undefined;
}

const BAR_WIDTH = 40;

/** The head of the table of forecasts. */
export const HEAD = ['agents', 'standby', 'p50', 'p95', 'p99', 'longest', 'idle hours', 'busy', 'instances', 'most'];

/** One row of the table. */
export function rowOf({ agents, busyShare, idleAgentHours, instances, standby, waits }: Forecast): readonly string[] {
  const { mostMs, p50Ms, p95Ms, p99Ms } = waits;
  return [
    String(agents),
    String(standby),
    ...[p50Ms, p95Ms, p99Ms, mostMs].map(wait),
    idleAgentHours.toFixed(1),
    `${Math.round(busyShare * 100)} %`,
    instances.mean.toFixed(1),
    String(instances.most),
  ];
}

/** What stands above the table. */
export function introduction({ asItWas, fromAt, jobs, notes, pool, toAt }: CapacityFacts): string {
  const was =
    asItWas &&
    `As it was, they waited ${wait(asItWas.p50Ms)} (p50), ${wait(asItWas.p95Ms)} (p95), ${wait(asItWas.p99Ms)} (p99), the longest ${wait(asItWas.mostMs)}.`;
  const lines = [
    `${jobs} jobs for ${pool}, from ${minute(fromAt)} to ${minute(toAt)}.`,
    ...(was ? [was] : []),
    ...notes,
  ];
  return lines.map(line => `${line}\n`).join('');
}

/** What stands below it: the waits as bars, and how many agents are enough. */
export function conclusion(forecasts: readonly Forecast[], { memoryBytes }: CapacityFacts): string {
  const most = Math.max(1, ...forecasts.map(({ waits }) => waits.p95Ms));
  const width = String(forecasts.at(-1)?.agents ?? 0).length;
  const bars = forecasts.map(({ agents, waits }) => {
    const bar = '#'.repeat(Math.ceil((waits.p95Ms / most) * BAR_WIDTH));
    return `${String(agents).padStart(width)} ${bar} ${wait(waits.p95Ms)}\n`;
  });
  return `Wait of 95 in 100 jobs, by agents:\n${bars.join('')}${advice(forecasts, memoryBytes)}`;
}

function advice(forecasts: readonly Forecast[], memoryBytes: number | undefined): string {
  const found = enough(forecasts);
  if (found === undefined) return '';
  const last = forecasts.at(-1);
  const { agents, instances, waits } = found;
  const memory =
    memoryBytes === undefined ? '' : `, which may take ${formatGib(memoryBytes * instances.most)} of memory`;
  const load = `It has at most ${instances.most} instances at a time${memory}.`;
  const isLast = found === last && forecasts.length > 1;
  const says = isLast
    ? `Of these ${agents} agents do best, and more may do better: 95 of 100 jobs wait at most ${wait(waits.p95Ms)}.`
    : `${agents === 1 ? '1 agent is' : `${agents} agents are`} enough: 95 of 100 jobs wait at most ${wait(waits.p95Ms)}, and hardly less with more.`;
  return `\n${says} ${load}\n`;
}

/** A wait for people: tenths of a second below a minute. */
function wait(ms: number): string {
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  return ms < 3_600_000 ? `${(ms / 60_000).toFixed(1)} min` : `${(ms / 3_600_000).toFixed(1)} h`;
}

function minute(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
