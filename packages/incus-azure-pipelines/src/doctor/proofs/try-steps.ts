import { settled } from '../fact-of.js';
import { type Trial, untried } from './proof.js';

/** A step of a proof, and what it is about. */
interface Step {
  readonly facts: readonly string[];
  readonly attempt: () => Promise<readonly Trial[]>;
}

/**
 * Tries one after the other. What could not be tried to its end is not believed at all, and takes nothing from the others.
 *
 * @throws the reason of an abort.
 */
export async function trySteps(steps: readonly Step[], signal: AbortSignal): Promise<readonly Trial[]> {
  const trials: Trial[] = [];
  for (const { attempt, facts } of steps) {
    const found = await settled(attempt());
    signal.throwIfAborted();
    trials.push(...(found.known ? found.value : untried(facts, found.error)));
  }
  return trials;
}
