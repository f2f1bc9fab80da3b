/** Where a guest is to find something, and where not. */
import {
  NEIGHBOUR_FACT,
  OTHER_BRIDGE_FACT,
  OWN_BRIDGE_FACT,
  PRIVATE_PLACES,
  PUBLIC_ADDRESS_FACT,
} from '../../../packages/incus-azure-pipelines/src/doctor/attacks/private-places.js';
import { NEIGHBOUR_PORT, type Place } from '../../../packages/incus-azure-pipelines/src/doctor/attacks/reach.js';

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
/** One of each private place; not where the host may look for what it is told itself. */
export const REFUSED = ['10.214.214.2', '172.20.214.2', '192.168.214.2', '100.100.100.200', '169.254.170.2'] as const;
/** What `network.allow` names. */
export const ALLOWED = '10.214.214.3';
/** All addresses of the host outside. */
export const OUTSIDE_ADDRESSES = [OUTSIDE.address, ...REFUSED, ALLOWED] as const;

export const places: readonly Reach[] = [
  refused(OWN_BRIDGE_FACT, ({ gateway, hostPort }) => [gateway, hostPort]),
  refused(OTHER_BRIDGE_FACT, ({ otherGateway, hostPort }) => [otherGateway, hostPort]),
  refused(PUBLIC_ADDRESS_FACT, ({ hostPort }) => [OUTSIDE.gateway, hostPort]),
  refused('a guest cannot reach Incus itself', ({ gateway, incusPort }) => [gateway, incusPort]),
  refused(NEIGHBOUR_FACT, ({ neighbour }) => [neighbour, NEIGHBOUR_PORT]),
  ...PRIVATE_PLACES.map(({ fact }, n) => refused<Around>(fact, ({ outsidePort }) => [REFUSED[n] ?? '', outsidePort])),
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
