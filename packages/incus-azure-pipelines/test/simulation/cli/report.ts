import { type Counts, type Tally, totalOf } from '../tally.js';
import type { Shrunken } from '../trial.js';
import type { Breach } from './errand.js';

/** The tables at the end of a run. */
export function tallyTables(tally: Tally): string {
  return [
    table({
      worlds: tally.worlds,
      passes: tally.passes,
      jobs: tally.jobs,
      instances: tally.instances,
      faults: totalOf(tally.faults),
      'promise checks': totalOf(tally.checks),
      'slowest peace, s': tally.slowestPeaceMs / 1_000,
    }),
    `faults\n${table(tally.faults)}`,
    `daemon killed while it waited for\n${table(tally.crashes)}`,
    `promises, and how often each was checked\n${table(tally.checks)}`,
  ].join('\n\n');
}

/** So many events before the breach are told. */
const TOLD_LINES = 100;

/** A broken promise, and the smallest world that was found to break it. */
export function breachText({ seed, place, promise }: Breach, shrunken: Shrunken | undefined): string {
  const head = `broken in ${place}: ${promise}`;
  if (shrunken === undefined) return head;
  const { message, scenario, lines } = shrunken;
  return [
    head,
    `as small as it goes: ${JSON.stringify(scenario)}`,
    ...lines.slice(-TOLD_LINES),
    `BROKEN ${message}`,
    `once more, whole: npm run simulate -- --seed ${seed}`,
  ].join('\n');
}

function table(counts: Counts): string {
  const entries = Object.entries(counts).map(([name, count]) => [name, count.toLocaleString('en')] as const);
  const width = Math.max(0, ...entries.map(([name]) => name.length));
  const digits = Math.max(0, ...entries.map(([, count]) => count.length));
  return entries.map(([name, count]) => `  ${name.padEnd(width)}  ${count.padStart(digits)}`).join('\n');
}
