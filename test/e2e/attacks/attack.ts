/** Attacks as data, and how many of them are carried out by one call. */
import type { IncusClient } from 'incus-client';

/** What a script may be about. */
interface About {
  readonly victim: { readonly name: string };
  /** How the process on the host that a guest runs under names the guest. */
  readonly monitored: (name: string) => string;
}

/** What root tries in a guest. */
export interface Attack {
  /** What holds, as a test is named; it begins with `open:` where the attack succeeds. */
  readonly fact: string;
  /** Bash, as root in the attacker's guest. It ends by itself and takes back what the next one would stumble over. */
  readonly script: string | ((about: About) => string);
  /** What it prints where the fact holds: it came as far as being refused, or, where open, came through. */
  readonly shows: RegExp;
}

/** Where `hostile.pl` lies in a guest. */
export const HOSTILE = '/root/hostile.pl';

/**
 * Runs a command below the guest's own systemd, as a job runs. What Incus itself runs in a guest is another thing to
 * its socket in there: it looks for its guest among all that run, and errs where one of those is just ending.
 */
export function asAJob(command: readonly string[]): readonly string[] {
  // systemd puts its own values in place of variables, unless the dollar is doubled.
  return [
    'systemd-run',
    '--quiet',
    '--pipe',
    '--wait',
    '--collect',
    ...command.map(word => word.replaceAll('$', '$$$$')),
  ];
}

const DEADLINE_MS = 120_000;
const END = 'end-of-attack';

/**
 * Carries out bash scripts one after the other, each in a shell of its own that has ten seconds.
 *
 * @param within makes of their command one that runs it elsewhere, as `asAJob`; by itself it is Incus that runs them.
 * @returns what each has printed, its errors included.
 */
export async function carryOut(
  incus: IncusClient,
  instance: string,
  scripts: readonly string[],
  within = (command: readonly string[]) => command,
): Promise<readonly string[]> {
  const each = scripts.map((script, n) => `echo "== ${n}"\nattack <<'${END}'\n${script}\n${END}`);
  const program = [
    'attack() { local text; text=$(cat); timeout --kill-after=1 10 bash -c "$text" 2>&1 </dev/null || true; echo; }',
    ...each,
  ];
  const command = within(['bash', '-c', program.join('\n')]);
  const { stdout } = await incus.exec(instance, { command }, { deadlineMs: DEADLINE_MS });
  const parts = stdout.split(/^== \d+\n/m).slice(1);
  if (parts.length !== scripts.length)
    throw new Error(`${scripts.length} attacks in ${instance} printed ${parts.length} answers:\n${stdout}`);
  return parts.map(part => part.trim());
}
