/** Which marked frames arrive where: in a guest, on the host's end of a bridge, or beyond the host. */
import type { IncusClient } from 'incus-client';
import { HOSTILE } from './attack.js';
import { toUdp } from './forged.js';
import type { Forgery } from './forgery.js';
import { BROADCAST, EXPERIMENTAL, ethernet, mark, type Station } from './frames.js';
import type { Guest, Pair } from './guests.js';
import { sendFromHere, watchBridge, watchGuest, watchLeaving } from './marks.js';

/** Has the attacker send each forgery, and tells which of them have arrived where they were to. */
export async function arrivals(pair: Pair, forgeries: readonly Forgery[]): Promise<readonly boolean[]> {
  const { attacker, bridge, gateway, incus, victim } = pair;
  await using atVictim = await watchGuest(incus, victim);
  await using atHost = await watchBridge(bridge);
  const frames = forgeries.map(({ frame }, n) => frame(pair, `forgery-${n}`));
  await sendFrom(incus, attacker, [...frames, honest(pair)]);
  await atHost.arrived('last');
  // To all, since the bridge has been lied to about where the victim is.
  await sendFromBridge(bridge, gateway, BROADCAST, 'last');
  await atVictim.arrived('last');
  return forgeries.map(({ reaches }, n) => (reaches === 'host' ? atHost : atVictim).seen.has(`forgery-${n}`));
}

/** How often each datagram is sent, since a busy host drops some. */
const TIMES = 3;

/**
 * Has the attacker send a datagram to each address, and tells which of them this host passes on. Nobody has to be there.
 *
 * @throws Error also where the host has so much to send that not all was seen.
 */
export async function passedOn(pair: Pair, addresses: readonly string[]): Promise<readonly boolean[]> {
  await using leaving = await watchLeaving();
  const datagrams = addresses.map((address, n) => toUdp(pair, address, 9, `away-${n}`));
  const all = Array.from({ length: TIMES }, () => datagrams).flat();
  await sendFrom(pair.incus, pair.attacker, [...all, honest(pair)]);
  await leaving.arrived('last');
  if (leaving.seen.has('lost')) throw new Error('this host sends more than could be looked at');
  return addresses.map((_, n) => leaving.seen.has(`left-away-${n}`));
}

/** What comes last, and is allowed, says that all before it is through: a word to the name service of the bridge. */
function honest(pair: Pair): Buffer {
  return toUdp(pair, pair.gateway.address, 53, 'last');
}

/** Sends frames from the NIC of a guest. @throws Error when not all could be sent. */
export async function sendFrom(
  incus: IncusClient,
  { name, nic }: Pick<Guest, 'name' | 'nic'>,
  frames: readonly Buffer[],
): Promise<void> {
  const stdin = frames.map(frame => `${frame.toString('hex')}\n`).join('');
  const { stdout, stderr } = await incus.exec(name, { command: ['perl', HOSTILE, 'send', nic], stdin });
  if (stdout !== `sent ${frames.length}\n`) throw new Error(`${frames.length} frames: ${stdout}${stderr}`);
}

/** Sends one frame from the host's end of a bridge, where no filter is. */
export function sendFromBridge(bridge: string, gateway: Station, to: string, id: string): Promise<void> {
  return sendFromHere(bridge, ethernet(to, gateway.mac, EXPERIMENTAL, mark(id)));
}
