import { setTimeout as pause } from 'node:timers/promises';

const DEADLINE_MS = 150_000;
const PAUSE_MS = 200;

/**
 * Looks again and again until what it sees holds, for things that no event tells of. Rejects with the last thing seen,
 * and what `alsoTell` adds to it.
 */
export async function polled<T>(
  look: () => T | Promise<T>,
  holds: (seen: T) => boolean,
  alsoTell: () => string = () => '',
): Promise<T> {
  const giveUp = AbortSignal.timeout(DEADLINE_MS);
  for (;;) {
    const seen = await look();
    if (holds(seen)) return seen;
    if (giveUp.aborted) throw new Error(`what was awaited did not come about: ${JSON.stringify(seen)}\n${alsoTell()}`);
    await pause(PAUSE_MS);
  }
}
