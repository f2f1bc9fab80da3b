import { forMany } from '../lib/for-many.js';

const STOP_SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/**
 * A signal that aborts when the process is told to stop; `told` hears by which. The same one once more ends the process at
 * once, since nobody listens to it any longer.
 */
export function stopSignals(told: (name: NodeJS.Signals) => void): Disposable & { readonly signal: AbortSignal } {
  const stop = new AbortController();
  const onSignal = (name: NodeJS.Signals) => {
    told(name);
    stop.abort();
  };
  for (const name of STOP_SIGNALS) process.once(name, onSignal);
  return {
    signal: forMany(stop.signal),
    [Symbol.dispose]() {
      for (const name of STOP_SIGNALS) process.off(name, onSignal);
    },
  };
}

/** Hears of each SIGHUP, which ends the process no more, until it is disposed of. */
export function onHangUp(told: () => void): Disposable {
  process.on('SIGHUP', told);
  return { [Symbol.dispose]: () => void process.off('SIGHUP', told) };
}
