import type { Clock } from './clock.js';
import { forMany } from './for-many.js';

/** A signal that aborts `ms` after `stop` has, unless it is disposed of before. */
export function lateAfter(stop: AbortSignal, ms: number, clock: Clock): Disposable & { readonly signal: AbortSignal } {
  const ending = new AbortController();
  const over = new AbortController();
  const wait = () => {
    clock.sleep(ms, over.signal).then(
      () => ending.abort(),
      () => {},
    );
  };
  stop.addEventListener('abort', wait, { once: true });
  return {
    signal: forMany(ending.signal),
    [Symbol.dispose]() {
      stop.removeEventListener('abort', wait);
      over.abort();
    },
  };
}
