import { COLLECTED_PATH, LOG_DIRECTORY } from './layout.js';

/** At most this much of each of the three logs is printed; the caller caps the whole of it too. */
export const COLLECTED_LOG_BYTES = 16 * 1024;

/** A disk on which a file of this size has no room counts as full: a job fails to write more at once than what is left then. */
const ROOM_BYTES = 1024 * 1024;
const ROOM = '/var/tmp/iap-room';
/** In memory, where there is room still. */
const ROOM_ERROR = '/run/iap/room';

/**
 * Command to execute as root in a guest that is finished or never got ready: prints how many processes were killed for
 * want of memory, whether there is room for a file, and the end of its logs, oldest first, each under its name, and lets
 * it power off.
 *
 * A finished guest ran foreign code: the command may print anything, and a log may be a FIFO by now. So the caller sets
 * a deadline and a limit, and takes what comes back as data only. The next agent starts at the same time, hence few
 * processes. The kernel counts what it killed once in cgroup v2, and in each group in v1.
 */
export const collectCommand: readonly string[] = [
  'bash',
  '-c',
  `trap ': >${COLLECTED_PATH}' EXIT
shopt -s globstar nullglob
sum=0
for file in /sys/fs/cgroup/memory.events /sys/fs/cgroup/memory/**/memory.oom_control; do
  [ -f "$file" ] || continue
  while read -r key count; do [ "$key" != oom_kill ] || sum=$((sum + count)); done <"$file"
done 2>/dev/null
echo "oom_kill $sum"
if [ ! -e ${ROOM} ]; then
  printf '%${ROOM_BYTES}s' '' 2>${ROOM_ERROR} >${ROOM} || { read -r error <${ROOM_ERROR}; echo "room $error"; }
fi
logs=()
for log in ${LOG_DIRECTORY}/{prepared,register,agent}.log; do
  if [ -f "$log" ] && [ ! -L "$log" ]; then logs+=("$log"); fi
done
[ "\${#logs[@]}" = 0 ] || timeout 1 tail -v -c ${COLLECTED_LOG_BYTES} -- "\${logs[@]}"
`,
];

/** An error of such a file that tells of a full disk, or of one that has all it may. */
const FULL = /^room .*(?:No space left on device|Disk quota exceeded)$/;

/** What a guest's logs tell. All of it is foreign text. */
export interface Collected {
  /** The end of its logs. */
  readonly text: string;
  /** Processes that the kernel killed because the guest was out of memory. */
  readonly memoryKills: number;
  /** Whether there was no room left for a file on its disk. */
  readonly isDiskFull: boolean;
  /** Why the guest could not register its agent, in its own words. */
  readonly registrationError: string | undefined;
}

/** What `tail` prints before the end of each log. */
const HEADER = new RegExp(`(?:^|\n)==> ${LOG_DIRECTORY}/(prepared|register|agent).log <==\n`);

/** Reads what {@link collectCommand} has printed. */
export function parseCollected(output: string): Collected {
  const first = /^oom_kill (\d{1,6})\n(?:(room .*)\n)?/.exec(output);
  // The name of a log and its end, by turns; a job may have written anything, also headers, into the last one.
  const [before = '', ...parts] = output.slice(first?.[0].length ?? 0).split(HEADER);
  const ends = parts.filter((_, index) => index % 2 === 1);
  const register = ends.find((_, index) => parts[2 * index] === 'register') ?? '';
  const text = [before, ...ends].join('');
  return {
    text,
    memoryKills: Number(first?.[1] ?? 0),
    isDiskFull: FULL.test(first?.[2] ?? ''),
    registrationError: registrationErrorIn(register),
  };
}

/** The sentence with which a guest gives up, in the log of its registration; the guest's `say` shapes the line. */
function registrationErrorIn(log: string): string | undefined {
  return /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ error: (.+)$/m.exec(log)?.[1];
}
