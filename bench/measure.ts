import { measureFill } from './figures/fill.js';
import { measureFirstLine } from './figures/first-line.js';
import { measureIdle } from './figures/idle.js';
import { measureListening } from './figures/listening.js';
import { measureReplacement } from './figures/replacement.js';
import { measureRinging } from './figures/ringing.js';
import { measureStandIn } from './figures/stand-in.js';
import type { Measurement } from './options.js';
import type { Outcome } from './report/outcome.js';
import { ShellBench } from './shell-bench.js';
import type { Workbench } from './workbench.js';

const OF_THE_SHELL_AGENT: readonly Measurement[] = ['replacement', 'loaded', 'fill'];
const RESERVES = [2, 0] as const;

/** Runs the measurements that are asked for, in their own order; each kind of agent is set up once. */
export async function measure(workbench: Workbench, only: readonly Measurement[]): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  if (only.some(name => OF_THE_SHELL_AGENT.includes(name))) outcomes.push(...(await measureShell(workbench, only)));
  if (only.includes('idle')) outcomes.push(await measureIdle(workbench));
  if (only.includes('stand-in')) outcomes.push(await measureStandIn(workbench));
  if (only.includes('listening')) outcomes.push(await measureListening(workbench));
  if (only.includes('ringing')) outcomes.push(await measureRinging(workbench));
  if (only.includes('first-line')) outcomes.push(await measureFirstLine(workbench));
  return outcomes;
}

async function measureShell(workbench: Workbench, only: readonly Measurement[]): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  await using shell = await ShellBench.start(workbench);
  const quiet = new Map<number, number | undefined>();
  for (const loaded of [false, true]) {
    if (!only.includes(loaded ? 'loaded' : 'replacement')) continue;
    for (const reserve of RESERVES) {
      const quietMedianMs = quiet.get(reserve);
      const outcome = await measureReplacement(shell, workbench, { reserve, loaded, quietMedianMs });
      if (!loaded) quiet.set(reserve, outcome.medianMs);
      outcomes.push(outcome);
    }
  }
  if (only.includes('fill')) outcomes.push(await measureFill(shell, workbench));
  return outcomes;
}
