/** What answers a guest at an address and a port. */
import type { IncusClient } from 'incus-client';
import { HOSTILE, STAY } from './attack.js';

/** Address and port of a TCP server that says a line to whoever comes. */
export type Place = readonly [address: string, port: number];

export const NEIGHBOUR_PORT = 7777;
/** What a server of `hostile.pl` says. */
const NEIGHBOUR = 'neighbour';

const PROBE = `probe() {
  said=$(timeout 5 bash -c "exec 3<>/dev/tcp/$2/$3 || exit 1; timeout 1 head -n 1 <&3 || true; echo open" 2>/dev/null | head -n 1)
  echo "$1=\${said:-refused}"
}`;
const MOST_TRIES = 10;
const DEADLINE_MS = 30_000;

/**
 * What a guest's root finds behind each place: the first line there, `open` where none is said, or `refused`.
 *
 * @throws Error where the guest does not say so of all.
 */
export async function reached(
  incus: IncusClient,
  instance: string,
  looks: readonly Place[],
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const script = looks.map(([address, port], n) => `probe ${n} ${address} ${port} &`);
  const command = ['bash', '-c', [PROBE, ...script, 'wait', STAY].join('\n')];
  // Incus now and then cuts off what a short command prints; what has no end of line is such a piece.
  for (let tries = 1; ; tries++) {
    const options = { deadlineMs: DEADLINE_MS, ...(signal === undefined ? {} : { signal }) };
    const { stdout } = await incus.exec(instance, { command }, options);
    const said = new Map(Array.from(stdout.matchAll(/^(\d+)=(.*)\n/gm), ([, n, answer]) => [Number(n), answer]));
    const answers = looks.flatMap((_, n) => said.get(n) ?? []);
    if (answers.length === looks.length) return answers;
    if (tries === MOST_TRIES) throw new Error(`${instance} tells of ${answers.length} of ${looks.length} places`);
  }
}

/** Has a guest say `neighbour` to whoever comes to it at `NEIGHBOUR_PORT`, and waits until it does. @throws Error */
export async function listenAt(
  incus: IncusClient,
  { name }: { readonly name: string },
  signal?: AbortSignal,
): Promise<void> {
  const command = ['systemd-run', '--quiet', 'perl', HOSTILE, 'listen', String(NEIGHBOUR_PORT)];
  await incus.exec(name, { command }, signal === undefined ? {} : { signal });
  for (let tries = 1; ; tries++) {
    const [said] = await reached(incus, name, [['127.0.0.1', NEIGHBOUR_PORT]], signal);
    if (said === NEIGHBOUR) return;
    if (tries === MOST_TRIES) throw new Error(`${name} cannot listen at port ${NEIGHBOUR_PORT}`);
  }
}
