/** What answers a guest at an address and a port, and what is to. */
import type { IncusClient } from 'incus-client';
import { polled } from '../polled.js';
import { HOSTILE } from './attack.js';

/** Address and port of a TCP server that says a line to whoever comes. */
export type Place = readonly [address: string, port: number];

/** Where the servers of the test are; `gateway` is the host's end of the guest's own bridge. */
interface Both {
  readonly gateway: string;
  readonly hostPort: number;
  readonly outsidePort: number;
  readonly neighbour: string;
}

interface Around6 extends Both {
  /** The link-local addresses of gateway and neighbour. */
  readonly gatewayLink: string;
  readonly neighbourLink: string;
}

interface Around extends Both {
  /** The host's end of another bridge. */
  readonly otherGateway: string;
  readonly incusPort: number;
}

/** A fact, where it is looked at, and what is found there. */
export interface Reach<Where = Around> {
  readonly fact: string;
  readonly place: (around: Where) => Place;
  readonly finds: 'refused' | 'outside';
}

/** Networks for documentation, which no host has: to a guest they are the Internet. */
export const OUTSIDE = { gateway: '203.0.113.1', address: '203.0.113.2' } as const;
const REFUSED = ['10.214.214.2', '172.20.214.2', '192.168.214.2', '100.100.100.200', '169.254.170.2'] as const;
/** What `network.allow` names. */
export const ALLOWED = '10.214.214.3';
/** All addresses of the host outside. */
export const OUTSIDE_ADDRESSES = [OUTSIDE.address, ...REFUSED, ALLOWED] as const;
export const NEIGHBOUR_PORT = 7777;

export const places: readonly Reach[] = [
  refused('a guest cannot reach the host by its own bridge', ({ gateway, hostPort }) => [gateway, hostPort]),
  refused('a guest cannot reach the host by the bridge of others', ({ otherGateway, hostPort }) => [
    otherGateway,
    hostPort,
  ]),
  refused('a guest cannot reach the host by a public address', ({ hostPort }) => [OUTSIDE.gateway, hostPort]),
  refused('a guest cannot reach Incus itself', ({ gateway, incusPort }) => [gateway, incusPort]),
  refused('a guest cannot reach a port of its neighbour', ({ neighbour }) => [neighbour, NEIGHBOUR_PORT]),
  refused('a guest cannot reach a private network of class A', ({ outsidePort }) => [REFUSED[0], outsidePort]),
  refused('a guest cannot reach a private network of class B', ({ outsidePort }) => [REFUSED[1], outsidePort]),
  refused('a guest cannot reach a private network of class C', ({ outsidePort }) => [REFUSED[2], outsidePort]),
  refused("a guest cannot reach a provider's network", ({ outsidePort }) => [REFUSED[3], outsidePort]),
  refused('a guest cannot reach the metadata of a cloud', ({ outsidePort }) => [REFUSED[4], outsidePort]),
  refused('a guest cannot reach another port of what is allowed', ({ outsidePort }) => [ALLOWED, outsidePort + 1]),
  { fact: 'a guest reaches what is allowed', place: around => [ALLOWED, around.outsidePort], finds: 'outside' },
  { fact: 'a guest reaches the outside', place: around => [OUTSIDE.address, around.outsidePort], finds: 'outside' },
];

/** The same over IPv6: two are of a network for documentation, the others what private networks have. */
export const OUTSIDE6 = {
  gateway: '2001:db8:66::1',
  address: '2001:db8:66::2',
  unique: 'fd66:66:66::2',
  /** What `network.allow` names. */
  allowed: 'fd66:66:66::3',
} as const;

export const places6: readonly Reach<Around6>[] = [
  refused('a guest cannot reach the host by its own bridge over IPv6', ({ gateway, hostPort }) => [gateway, hostPort]),
  refused('a guest cannot reach the host by a public address of IPv6', ({ hostPort }) => [OUTSIDE6.gateway, hostPort]),
  refused('a guest cannot reach the host by the link-local address of its bridge', ({ gatewayLink, hostPort }) => [
    `${gatewayLink}%eth0`,
    hostPort,
  ]),
  refused('a guest cannot reach a port of its neighbour over IPv6', ({ neighbour }) => [neighbour, NEIGHBOUR_PORT]),
  refused('a guest cannot reach a port of its neighbour by the link-local address of that', ({ neighbourLink }) => [
    `${neighbourLink}%eth0`,
    NEIGHBOUR_PORT,
  ]),
  refused('a guest cannot reach a private network of IPv6', ({ outsidePort }) => [OUTSIDE6.unique, outsidePort]),
  refused('a guest cannot reach another port of what is allowed over IPv6', ({ outsidePort }) => [
    OUTSIDE6.allowed,
    outsidePort + 1,
  ]),
  {
    fact: 'a guest reaches what is allowed over IPv6',
    place: ({ outsidePort }) => [OUTSIDE6.allowed, outsidePort],
    finds: 'outside',
  },
  {
    fact: 'a guest reaches the outside over IPv6',
    place: ({ outsidePort }) => [OUTSIDE6.address, outsidePort],
    finds: 'outside',
  },
];

function refused<Where>(fact: string, place: Reach<Where>['place']): Reach<Where> {
  return { fact, place, finds: 'refused' };
}

const PROBE = `probe() {
  said=$(timeout 5 bash -c "exec 3<>/dev/tcp/$2/$3 || exit 1; timeout 1 head -n 1 <&3 || true; echo open" 2>/dev/null | head -n 1)
  echo "$1=\${said:-refused}"
}`;

/** What a guest's root finds behind each place: the first line there, `open` where none is said, or `refused`. */
export async function reached(
  incus: IncusClient,
  instance: string,
  looks: readonly Place[],
): Promise<readonly string[]> {
  const script = looks.map(([address, port], n) => `probe ${n} ${address} ${port} &`);
  const command = ['bash', '-c', [PROBE, ...script, 'wait'].join('\n')];
  const answers = async () => {
    const { stdout } = await incus.exec(instance, { command });
    const said = new Map(Array.from(stdout.matchAll(/^(\d+)=(.*)\n/gm), ([, n, answer]) => [Number(n), answer]));
    return looks.flatMap((_, n) => said.get(n) ?? []);
  };
  // Incus now and then cuts off what a short command prints; what has no end of line is such a piece.
  return await polled(answers, found => found.length === looks.length);
}

/** Has a guest say `neighbour` to whoever comes to it at `NEIGHBOUR_PORT`, and waits until it does. */
export async function listenAt(incus: IncusClient, { name }: { readonly name: string }): Promise<void> {
  await incus.exec(name, { command: ['systemd-run', '--quiet', 'perl', HOSTILE, 'listen', String(NEIGHBOUR_PORT)] });
  await polled(
    () => reached(incus, name, [['127.0.0.1', NEIGHBOUR_PORT]]),
    ([said]) => said === 'neighbour',
  );
}
