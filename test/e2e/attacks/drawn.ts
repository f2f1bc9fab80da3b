/** What a guest brings about by frames that arrive, and what the host then knows. */
import { EXPERIMENTAL, ethernet, mark } from '../../../packages/incus-azure-pipelines/src/doctor/attacks/frames.js';
import type { Pair } from '../../../packages/incus-azure-pipelines/src/doctor/attacks/guests.js';
import { sendFrom, sendFromBridge } from '../../../packages/incus-azure-pipelines/src/doctor/attacks/marked-frames.js';
import { watchGuest } from '../../../packages/incus-azure-pipelines/src/doctor/attacks/marks.js';
import { runCommand } from '../../../testbed/run-command.js';
import { polled } from '../polled.js';

/** Has the attacker send frames, and resolves once something comes back that bears the mark of the last one, `last`. */
export async function answered({ attacker, incus }: Pair, frames: readonly Buffer[]): Promise<void> {
  await using atAttacker = await watchGuest(incus, attacker);
  await sendFrom(incus, attacker, frames);
  await atAttacker.arrived('last');
}

/** What the host knows of others on a bridge over IPv6, a line for each: its address, and its MAC behind `lladdr`. */
export function neighbours(bridge: string): Promise<string> {
  return runCommand('ip', ['-6', 'neighbour', 'show', 'dev', bridge]);
}

/** From each of so many MACs that nobody has, a frame. */
export function fromNobody({ gateway }: Pair, count: number): readonly Buffer[] {
  return Array.from({ length: count }, (_, n) => {
    const mac = `${NOBODY}:${[n >> 8, n & 0xff].map(byte => byte.toString(16).padStart(2, '0')).join(':')}`;
    return ethernet(gateway.mac, mac, EXPERIMENTAL, mark('nobody'));
  });
}

const NOBODY = '02:00:00:77';

/** How many of those the bridge has in its table of addresses. */
export async function heldForNobody(bridge: string): Promise<number> {
  const table = await runCommand('bridge', ['fdb', 'show', 'br', bridge]);
  return table.split('\n').filter(line => line.startsWith(NOBODY)).length;
}

/** Which marks of frames from the host to the victim the attacker sees: `before` it lies, and `after`, as soon as it does. */
export async function drawn({ attacker, bridge, gateway, incus, victim }: Pair): Promise<readonly string[]> {
  await using atAttacker = await watchGuest(incus, attacker);
  await sendFromBridge(bridge, gateway, victim.mac, 'before');
  const lie = ethernet(gateway.mac, victim.mac, EXPERIMENTAL, mark('lie'));
  // The victim's next frame tells the bridge the truth again.
  await polled(
    async () => {
      await sendFrom(incus, attacker, [lie]);
      await sendFromBridge(bridge, gateway, victim.mac, 'after');
      return atAttacker.seen.has('after');
    },
    seen => seen,
  );
  return [...atAttacker.seen];
}
