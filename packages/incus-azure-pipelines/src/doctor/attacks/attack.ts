/** Attacks as data, and how many of them are carried out by one call. */
import type { IncusClient } from 'incus-client';

/** What root tries in a guest. */
export interface Attack {
  /** What holds, as a test is named; it begins with `open:` where the attack succeeds. */
  readonly fact: string;
  /**
   * Bash, as root in the attacker's guest. It ends by itself, takes back what the next one would stumble over, and does the host no
   * harm where it succeeds: whoever runs it there wants to know, and not to suffer.
   */
  readonly script: string;
  /** What it prints where the fact holds: it came as far as being refused, or, where open, came through. */
  readonly shows: RegExp;
}

/** Where `HOSTILE_PROGRAM` lies in a guest. */
export const HOSTILE = '/root/hostile.pl';

/** What a script that had to be ended has printed last. */
export const OUT_OF_TIME = /^it ran out of its [\d.]+ s$/m;

/** Of each script, after its time, before it is killed. */
const KILL_AFTER_S = 1;
/** For all that is not a script's own time. */
const SPARE_S = 30;
const END = 'end-of-attack';

interface CarryOutOptions {
  /** Makes of the command one that runs it elsewhere in the guest; by itself it is Incus that runs them. */
  readonly within?: (command: readonly string[]) => readonly string[];
  /** How long each script has; ten by itself. */
  readonly seconds?: number;
  readonly signal?: AbortSignal;
}

/**
 * Carries out bash scripts one after the other, each in a shell of its own. Gives back what each has printed,
 * its errors included, and {@link OUT_OF_TIME} behind it where it had to be ended.
 *
 * @throws Error where less came back.
 */
export async function carryOut(
  incus: IncusClient,
  instance: string,
  scripts: readonly string[],
  { seconds = 10, signal, within = command => command }: CarryOutOptions = {},
): Promise<readonly string[]> {
  const each = scripts.map((script, n) => `echo "== ${n}"\nattack <<'${END}'\n${script}\n${END}`);
  const program = [
    `attack() { local text; text=$(cat); timeout --kill-after=${KILL_AFTER_S} ${seconds} bash -c "$text" 2>&1 </dev/null`,
    // Those are its own when it was asked to end, and when it was killed.
    `case $? in 124 | 137) printf '\\nit ran out of its %s s' ${seconds};; esac; echo; }`,
    ...each,
    STAY,
  ];
  const command = within(['bash', '-c', program.join('\n')]);
  const { stdout } = await incus.exec(
    instance,
    { command },
    {
      deadlineMs: 1_000 * (scripts.length * (seconds + KILL_AFTER_S) + SPARE_S),
      ...(signal === undefined ? {} : { signal }),
    },
  );
  const parts = stdout.split(/^== \d+\n/m).slice(1);
  if (parts.length !== scripts.length)
    throw new Error(`${scripts.length} attacks in ${instance} printed ${parts.length} answers:\n${stdout}`);
  return parts.map(part => part.trim());
}

/** Incus may cut off what a command printed last when it ends at once. */
export const STAY = 'sleep 0.3';
