import { LOG_DIRECTORY } from './layout.js';

const LAST_LINES = 200;
const LOGS = ['prepared', 'register', 'agent'].map(log => `${LOG_DIRECTORY}/${log}.log`);

/** Command to execute as root in a guest that lives: prints the end of its logs, each under its name, and ends. */
export const lastLinesCommand: readonly string[] = ['tail', '-v', '-n', `${LAST_LINES}`, '--', ...LOGS];

/**
 * The same, and then whatever is added, until it is killed or the guest goes. It looks once a second: who waits for inotify
 * takes one of the instances that all guests share.
 */
export const followCommand: readonly string[] = [
  'tail',
  '-v',
  '-n',
  `${LAST_LINES}`,
  '---disable-inotify',
  '-F',
  '--',
  ...LOGS,
];
