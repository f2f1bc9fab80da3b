import { forMany } from './for-many.js';

/**
 * A signal that aborts with its parent, or when it is disposed of, which leaves nothing on the parent. Linked by hand:
 * AbortSignal.any keeps a trace of every wait on a signal that lives as long as the program.
 */
export function childSignal(parent: AbortSignal): Disposable & { readonly signal: AbortSignal } {
  const controller = new AbortController();
  const abort = () => controller.abort(parent.reason);
  if (parent.aborted) abort();
  else parent.addEventListener('abort', abort, { once: true });
  return {
    signal: forMany(controller.signal),
    [Symbol.dispose]() {
      parent.removeEventListener('abort', abort);
      controller.abort();
    },
  };
}
