import { COLLECTED_PATH, LOG_DIRECTORY } from './layout.js';

/** At most this much of each of the three logs is printed; the caller caps the whole of it too. */
export const COLLECTED_LOG_BYTES = 16 * 1024;

/** Sums up what the kernel has killed in this guest for want of memory: cgroup v2 counts it once, v1 in each group. */
const COUNT_MEMORY_KILLS = [
  "timeout 1 find /sys/fs/cgroup/memory.events /sys/fs/cgroup/memory -name 'memory.events' -o -name 'memory.oom_control'",
  '| timeout 1 xargs -r grep -hs "^oom_kill "',
  `| { sum=0; while read -r _ count; do sum=$((sum + count)); done; echo "oom_kill $sum"; }`,
].join(' 2>/dev/null ');

/**
 * Command to execute as root in a guest that is finished or never got ready: prints how many processes were killed for
 * want of memory and the end of its logs, oldest first, and lets it power off.
 *
 * A finished guest ran foreign code: the command may print anything, and a log may be a FIFO by now. So the caller sets
 * a deadline and a limit, and takes what comes back as data only. `tail -c` is bounded by itself and by a time limit.
 */
export const collectCommand: readonly string[] = [
  'bash',
  '-c',
  [
    `trap ': >${COLLECTED_PATH}' EXIT`,
    COUNT_MEMORY_KILLS,
    'for log in prepared register agent; do',
    `  log=${LOG_DIRECTORY}/$log.log`,
    '  if [ -f "$log" ] && [ ! -L "$log" ]; then',
    `    timeout 1 tail -c ${COLLECTED_LOG_BYTES} -- "$log"`,
    '  fi',
    'done',
  ].join('\n'),
];

/** What a guest's logs tell. All of it is foreign text. */
export interface Collected {
  /** The end of its logs. */
  readonly text: string;
  /** Processes that the kernel killed because the guest was out of memory. */
  readonly memoryKills: number;
  /** Why the guest could not register its agent, in its own words. */
  readonly registrationError: string | undefined;
}

/** Reads what {@link collectCommand} has printed. */
export function parseCollected(output: string): Collected {
  const first = /^oom_kill (\d{1,6})\n/.exec(output);
  const text = output.slice(first?.[0].length ?? 0);
  return { text, memoryKills: Number(first?.[1] ?? 0), registrationError: registrationErrorIn(text) };
}

/** The sentence with which a guest gives up, in what the command printed; the guest's `say` shapes the line. */
function registrationErrorIn(text: string): string | undefined {
  return /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ error: (.+)$/m.exec(text)?.[1];
}
