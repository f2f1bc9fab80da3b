/** What one throw-away guest reaches of the host, of another one, and of the networks around; and whom it can pass for. */
import { isWithin, parseRange } from '../../lib/ip-ranges.js';
import type { AllowedTarget } from '../../model/pool.js';
import { forgeries } from '../attacks/forged.js';
import { sentWithoutIpv6 } from '../attacks/forged6.js';
import type { Forgery } from '../attacks/forgery.js';
import { endOf, type Pair, whereIs } from '../attacks/guests.js';
import { arrivals, passedOn } from '../attacks/marked-frames.js';
import { NEIGHBOUR_FACT, OWN_BRIDGE_FACT, PRIVATE_PLACES } from '../attacks/private-places.js';
import { listenAt, NEIGHBOUR_PORT, type Place, reached } from '../attacks/reach.js';
import { settled } from '../fact-of.js';
import { connects } from '../reached-servers.js';
import { judgeReach, judgeSent } from './judge-attack.js';
import { gatewayOf, hasIpv6, otherAddresses, startHostServers } from './own-addresses.js';
import { type Trial, untried } from './proof.js';
import type { ProofScene } from './scene.js';
import { trySteps } from './try-steps.js';
import { findUnseen, findWayOut } from './ways-out.js';

const OTHER_ADDRESS_FACT = 'a guest cannot reach the host by another of its addresses';
const REMEDY = 'call "setup", which keeps guests apart from each other, from the host and from its networks';

const ALLOWED = 'network.allow lets guests reach it';

/** Those that lead nobody astray but the two guests. */
const harmless = forgeries.filter(({ misleadsOthers }) => misleadsOthers !== true);

type PrivatePlace = (typeof PRIVATE_PLACES)[number];
const PRIVATE_FACTS = PRIVATE_PLACES.map(({ fact }) => fact);

/** All of it; what could not be tried is told with its reason. */
export async function proveApart(scene: ProofScene): Promise<readonly Trial[]> {
  const { bridge = '', signal } = scene;
  const lies = hasIpv6(bridge) ? harmless : [...harmless, sentWithoutIpv6];
  const pair = await settled(pairOf(scene));
  const step = (facts: readonly string[], attempt: (pair: Pair) => Promise<readonly Trial[]>) => ({
    facts,
    attempt: async () => (pair.known ? await attempt(pair.value) : untried(facts, pair.error)),
  });
  const steps = [
    step([NEIGHBOUR_FACT], pair => proveNeighbour(pair, signal)),
    step([OWN_BRIDGE_FACT, OTHER_ADDRESS_FACT], pair => proveHost(scene, pair)),
    step(PRIVATE_FACTS, pair => provePrivate(scene, pair)),
    // After these the bridge is wrong about where the guests are.
    step(
      lies.map(({ fact }) => fact),
      pair => proveLies(lies, pair),
    ),
  ];
  return await trySteps(steps, signal);
}

/** @throws Error where nothing is to be sent from the guests, or nobody would see it. */
async function pairOf({ attacker, bridge, host, incus, signal, victim }: ProofScene): Promise<Pair> {
  if (!host.isIncusHost) throw new Error('Incus is on another host: nobody is there to see what arrives');
  const gateway = bridge === undefined ? undefined : gatewayOf(bridge);
  if (bridge === undefined || gateway === undefined)
    throw new Error('this host has no IPv4 address on the network of the guests');
  const wayOut = await findWayOut(bridge, signal);
  if (wayOut !== undefined) throw new Error(wayOut);
  const end = await endOf(bridge, gateway);
  const whereabouts = {
    attacker: await whereIs(incus, attacker, signal),
    victim: await whereIs(incus, victim, signal),
  };
  return { incus, ...whereabouts, gateway: end, bridge };
}

async function proveNeighbour({ attacker, incus, victim }: Pair, signal: AbortSignal): Promise<readonly Trial[]> {
  await listenAt(incus, victim, signal);
  const [found = ''] = await reached(incus, attacker.name, [[victim.address, NEIGHBOUR_PORT]], signal);
  return [judgeReach(NEIGHBOUR_FACT, `${victim.address}:${NEIGHBOUR_PORT}`, found, REMEDY)];
}

async function proveHost({ allow, signal }: ProofScene, pair: Pair): Promise<readonly Trial[]> {
  const { attacker, bridge, gateway, incus } = pair;
  const others = otherAddresses(bridge);
  const shut = others.filter(address => !isAllowed(address, allow));
  await using servers = await startHostServers([gateway.address, ...shut]);
  const places: { readonly fact: string; readonly place: Place }[] = [];
  for (const { address, port } of servers.there) {
    const fact = address === gateway.address ? OWN_BRIDGE_FACT : OTHER_ADDRESS_FACT;
    // Who does not answer this host says nothing by not answering a guest.
    if (await connects({ host: address, port }, signal)) places.push({ fact, place: [address, port] });
  }
  const looks = places.map(({ place }) => place);
  const found = await reached(incus, attacker.name, looks, signal);
  return [
    ...places.map(({ fact, place }, n) => judgeReach(fact, place.join(':'), found[n] ?? '', REMEDY)),
    ...(shut.length === 0 && others.length > 0 ? untried([OTHER_ADDRESS_FACT], ALLOWED) : []),
  ];
}

async function provePrivate({ allow, host, signal }: ProofScene, pair: Pair): Promise<readonly Trial[]> {
  if (host.uplink === undefined) return untried(PRIVATE_FACTS, 'this host has no way to the outside over IPv4');
  const [seen, unseen]: [PrivatePlace[], Trial[]] = [[], []];
  for (const place of PRIVATE_PLACES) {
    const way = { bridge: pair.bridge, from: pair.attacker.address };
    const why = isAllowed(place.address, allow) ? ALLOWED : await findUnseen(place.address, way, signal);
    if (why === undefined) seen.push(place);
    else unseen.push(...untried([place.fact], why));
  }
  const away = await passedOn(
    pair,
    seen.map(({ address }) => address),
  );
  return [
    ...seen.map(({ address, fact }, n) =>
      judgeSent(fact, `datagrams to ${address}, while the host looks what it passes on`, away[n] === true, REMEDY),
    ),
    ...unseen,
  ];
}

async function proveLies(lies: readonly Forgery[], pair: Pair): Promise<readonly Trial[]> {
  const arrived = await arrivals(pair, lies);
  const to = { host: 'the host', victim: 'the neighbour' } as const;
  return lies.map(({ fact, reaches }, n) =>
    judgeSent(fact, `such a frame as root, to be seen by ${to[reaches]}`, arrived[n] === true, REMEDY),
  );
}

/** Whether guests may reach an address, if only at one of its ports. */
function isAllowed(address: string, allow: readonly AllowedTarget[]): boolean {
  const open = allow.flatMap(
    ({ host, prefixLength }) => parseRange(prefixLength === undefined ? host : `${host}/${prefixLength}`) ?? [],
  );
  return [parseRange(address)].some(range => range !== undefined && isWithin(range, open));
}
