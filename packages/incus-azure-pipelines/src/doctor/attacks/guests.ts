/** The two guests that attacks are tried with, and the host's end of their bridge. */
import { readFile } from 'node:fs/promises';
import type { IncusClient } from 'incus-client';
import { HOSTILE } from './attack.js';
import type { Parties } from './forgery.js';
import type { Station } from './frames.js';
import { HOSTILE_PROGRAM } from './hostile-program.js';

export interface Guest extends Station {
  readonly name: string;
  /** Its interface on the bridge, as the guest names it. */
  readonly nic: string;
}

/** Two guests of a bridge. */
export interface Pair extends Parties {
  readonly incus: IncusClient;
  readonly attacker: Guest;
  readonly victim: Guest;
  readonly bridge: string;
}

/** Interfaces that are no way out of a guest: its own bridges, and the ends of what hangs there. */
const INNER = /^(?:lo|docker|br-|veth)/;

/** Puts the hostile program into a guest. */
export async function placeTool(incus: IncusClient, name: string, signal?: AbortSignal): Promise<void> {
  await incus.files.push(name, HOSTILE, HOSTILE_PROGRAM, {}, signal === undefined ? {} : { signal });
}

/** Where a guest is on its bridge. @throws Error where it has no IPv4 address. */
export async function whereIs(incus: IncusClient, name: string, signal?: AbortSignal): Promise<Guest> {
  const { network } = await incus.instances.state(name, signal === undefined ? {} : { signal });
  for (const [nic, { addresses, hwaddr }] of Object.entries(network)) {
    const address = addresses.find(({ family }) => family === 'inet')?.address;
    if (address !== undefined && !INNER.test(nic)) return { name, nic, address, mac: hwaddr };
  }
  throw new Error(`${name} has no address`);
}

/** The host's end of a bridge, which bears this address. @throws Error where this host has no such bridge. */
export async function endOf(bridge: string, address: string): Promise<Station> {
  const mac = await readFile(`/sys/class/net/${bridge}/address`, 'utf8');
  return { mac: mac.trim(), address };
}
