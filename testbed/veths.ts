import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from './run-command.js';

/** One end of a pair of virtual interfaces, as the host sees it. */
export interface Veth {
  readonly name: string;
  /** The bridge that it is a port of. */
  readonly bridge?: string | undefined;
  /** The other end, where it is on the host as well; that of a guest which runs is in the guest. */
  readonly peer?: string | undefined;
}

/** Incus gives both ends names of its own, unless it is told one. */
const NAMED_BY_INCUS = /^veth[0-9a-f]{8}$/;

/** Lists the ends of pairs that are on this host. */
export async function readVeths(): Promise<readonly Veth[]> {
  const text = await runCommand('ip', ['-json', 'link', 'show', 'type', 'veth']);
  const links = JSON.parse(text || '[]') as { ifname: string; master?: string; link?: string }[];
  return links.map(({ ifname, master, link }) => ({ name: ifname, bridge: master, peer: link }));
}

/**
 * Lists the ends that a private daemon has made for its guests: ports of its bridges, and those that LXC was told to move
 * into a guest. These come back to the host when the guest ends, and stay where there is no daemon then to remove them.
 */
export async function vethsOf(directory: string, bridges: readonly string[]): Promise<readonly string[]> {
  const told = await guestEnds(join(directory, 'run'));
  return (await readVeths())
    .filter(
      ({ name, bridge, peer }) => bridges.includes(bridge ?? '') || told.includes(name) || told.includes(peer ?? ''),
    )
    .map(({ name }) => name);
}

/** Of all ends on a host, those of pairs that are nobody's any more: both ends are here, made by an Incus, and on no bridge. */
export function strandedVeths(veths: readonly Veth[]): readonly string[] {
  const free = veths.filter(({ name, bridge }) => bridge === undefined && NAMED_BY_INCUS.test(name));
  return free.filter(({ peer }) => free.some(({ name }) => name === peer)).map(({ name }) => name);
}

/** The names that the ends of guests have as long as they are on the host, by the configuration which Incus wrote for LXC. */
async function guestEnds(runDirectory: string): Promise<readonly string[]> {
  const guests = await readdir(runDirectory).catch(() => []);
  const texts = guests.map(guest => readFile(join(runDirectory, guest, 'lxc.conf'), 'utf8').catch(() => ''));
  return (await Promise.all(texts)).flatMap(text =>
    [...text.matchAll(/^lxc\.net\.\d+\.link = (\S+)$/gm)].map(([, name = '']) => name),
  );
}
