import { getEventListeners } from 'node:events';

/** How much has been left behind on a signal: its listeners, and the signals that AbortSignal.any made of it. */
export function tracesOn(signal: AbortSignal): number {
  const key = Object.getOwnPropertySymbols(signal).find(symbol => symbol.description === 'kDependantSignals');
  const made: unknown = key && Reflect.get(signal, key);
  const count: unknown = typeof made === 'object' && made !== null ? Reflect.get(made, 'size') : 0;
  return getEventListeners(signal, 'abort').length + Number(count);
}
