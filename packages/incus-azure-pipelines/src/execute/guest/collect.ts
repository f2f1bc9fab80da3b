import { COLLECTED_PATH, LOG_DIRECTORY } from './layout.js';

/** At most this much of each of the three logs is printed; the caller caps the whole of it too. */
export const COLLECTED_LOG_BYTES = 16 * 1024;

/**
 * Command to execute as root in a guest that is finished or never got ready: prints the end of its logs, oldest first,
 * and lets it power off.
 *
 * A finished guest ran foreign code: the command may print anything, and a log may be a FIFO by now. So the caller sets
 * a deadline and a limit, and takes what comes back as data only. `tail -c` is bounded by itself and by a time limit.
 */
export const collectCommand: readonly string[] = [
  'bash',
  '-c',
  [
    `trap ': >${COLLECTED_PATH}' EXIT`,
    'for log in prepared register agent; do',
    `  log=${LOG_DIRECTORY}/$log.log`,
    '  if [ -f "$log" ] && [ ! -L "$log" ]; then',
    `    timeout 1 tail -c ${COLLECTED_LOG_BYTES} -- "$log"`,
    '  fi',
    'done',
  ].join('\n'),
];

/** The sentence with which a guest gives up, in what the command printed; the guest's `say` shapes the line. */
export function registrationErrorIn(text: string): string | undefined {
  return /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ error: (.+)$/m.exec(text)?.[1];
}
