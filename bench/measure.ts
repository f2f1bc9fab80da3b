import { measureBursts } from './figures/bursts.js';
import { measureColdStart } from './figures/cold-start.js';
import { measureFill } from './figures/fill.js';
import { measureFirstLine } from './figures/first-line.js';
import { measureIdle } from './figures/idle.js';
import { measureListening } from './figures/listening.js';
import { measureLying } from './figures/lying.js';
import { measurePage } from './figures/page.js';
import { measurePrediction } from './figures/prediction.js';
import { type Bare, measureReplacement } from './figures/replacement.js';
import { measureRinging } from './figures/ringing.js';
import { measureStandIn } from './figures/stand-in.js';
import type { Measurement } from './options.js';
import { brokenOff, type Outcome } from './report/outcome.js';
import { ShellBench } from './shell-bench.js';
import type { Workbench } from './workbench.js';

const OF_THE_SHELL_AGENT: readonly Measurement[] = ['replacement', 'loaded', 'fill'];
const OF_THE_PROGRAM = {
  idle: measureIdle,
  'stand-in': measureStandIn,
  listening: measureListening,
  ringing: measureRinging,
  lying: measureLying,
  'first-line': measureFirstLine,
  bursts: measureBursts,
  prediction: measurePrediction,
  'cold-start': measureColdStart,
  page: measurePage,
};
const RESERVES = [2, 0] as const;
/** The last one shows what it brings that long jobs give way. */
const LOADED = [
  { reserve: 2, givesWay: true },
  { reserve: 0, givesWay: true },
  { reserve: 2, givesWay: false },
] as const;

/** Tries one measurement and hands its outcome on. */
type Attempt = <T extends Outcome>(name: string, measurement: () => Promise<T>) => Promise<T | undefined>;

/**
 * Runs the measurements that are asked for, in their own order, and hands on what each of them brought. One that breaks
 * does not take the others along: it is an outcome too.
 *
 * @throws Error when `note` fails, or the signal aborts.
 */
export async function measure(
  workbench: Workbench,
  only: readonly Measurement[],
  note: (outcome: Outcome) => Promise<void>,
): Promise<void> {
  const attempt: Attempt = async (name, measurement) => {
    const outcome = await measurement().catch((error: unknown) => {
      workbench.signal.throwIfAborted();
      workbench.say(`${name}: ${String(error)}`);
      return { broken: brokenOff(name, error) };
    });
    const isBroken = 'broken' in outcome;
    await note(isBroken ? outcome.broken : outcome);
    return isBroken ? undefined : outcome;
  };
  if (only.some(name => OF_THE_SHELL_AGENT.includes(name)))
    await measureShell(workbench, only, attempt).catch(async (error: unknown) => {
      workbench.signal.throwIfAborted();
      await note(brokenOff('the shell agent', error));
    });
  for (const [name, measurement] of Object.entries(OF_THE_PROGRAM))
    if (only.some(one => one === name)) await attempt(name, () => measurement(workbench));
}

async function measureShell(workbench: Workbench, only: readonly Measurement[], attempt: Attempt): Promise<void> {
  await using shell = await ShellBench.start(workbench);
  const quiet = new Map<number, { readonly bare: Bare; readonly medianMs: number | undefined }>();
  if (only.includes('replacement'))
    for (const reserve of RESERVES) {
      const name = `reserve ${reserve}`;
      const outcome = await attempt(name, () => measureReplacement(shell, workbench, { name, reserve }));
      if (outcome) quiet.set(reserve, outcome);
    }
  const [reserve] = RESERVES;
  const bare = quiet.get(reserve)?.bare;
  if (bare !== undefined) {
    const name = `reserve ${reserve}, no keys made in quiet hours`;
    await attempt(name, () => measureReplacement(shell, workbench, { name, reserve, stocked: false, bare }));
  }
  if (only.includes('loaded'))
    for (const given of LOADED) {
      const name = `reserve ${given.reserve}, cores and disk taken${given.givesWay ? '' : ' by a load that does not give way'}`;
      const quietMedianMs = quiet.get(given.reserve)?.medianMs;
      await attempt(name, () => measureReplacement(shell, workbench, { ...given, name, loaded: true, quietMedianMs }));
    }
  if (only.includes('fill')) await attempt('fill', () => measureFill(shell, workbench));
}
