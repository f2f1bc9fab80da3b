import { setMaxListeners } from 'node:events';

/**
 * The same signal, on which any number may wait at a time: calls, agents, agent pools. Node takes more than ten for a leak, and
 * says so in the log of whoever runs the program. That nothing is left on a signal is for tests to see.
 */
export function forMany(signal: AbortSignal): AbortSignal {
  setMaxListeners(0, signal);
  return signal;
}
