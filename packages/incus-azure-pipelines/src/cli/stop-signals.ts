import { forMany } from '../lib/for-many.js';

/** The last one comes when the terminal is closed. */
const STOP_SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/** What stops a service, which takes SIGHUP for something else. */
export const SERVICE_STOP_SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/**
 * A signal that aborts when the process is told to stop; `told` hears by which. The same one once more ends the process at
 * once, since nobody listens to it any longer. Who was stopped by SIGHUP ends by it when this is disposed of.
 */
export function stopSignals(
  told: (name: NodeJS.Signals) => void,
  names: readonly NodeJS.Signals[] = STOP_SIGNALS,
): Disposable & { readonly signal: AbortSignal } {
  const stop = new AbortController();
  let hungUp = false;
  const onSignal = (name: NodeJS.Signals) => {
    hungUp ||= name === 'SIGHUP';
    told(name);
    stop.abort();
  };
  for (const name of names) process.once(name, onSignal);
  return {
    signal: forMany(stop.signal),
    [Symbol.dispose]() {
      for (const name of names) process.off(name, onSignal);
      // Ending by itself, Node would put the terminal back, and abort where that is gone.
      if (hungUp) process.kill(process.pid, 'SIGHUP');
    },
  };
}

/** Hears of each SIGHUP, which ends the process no more, until it is disposed of. */
export function onHangUp(told: () => void): Disposable {
  process.on('SIGHUP', told);
  return { [Symbol.dispose]: () => void process.off('SIGHUP', told) };
}
