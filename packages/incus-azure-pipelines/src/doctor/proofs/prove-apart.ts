/** What one throw-away guest reaches of the host, of another one, and of the networks around; and whom it can pass for. */
import { isWithin, parseRange } from '../../lib/ip-ranges.js';
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

const OTHER_ADDRESS_FACT = 'a guest cannot reach the host by another of its addresses';
const REMEDY = 'call "setup", which keeps guests apart from each other, from the host and from its networks';

/** Those that lead nobody astray but the two guests. */
const harmless = forgeries.filter(({ misleadsOthers }) => misleadsOthers !== true);

const PRIVATE_FACTS = PRIVATE_PLACES.map(({ fact }) => fact);

/** All of it; what could not be tried is told with its reason. */
export async function proveApart(scene: ProofScene): Promise<readonly Trial[]> {
  const { bridge = '', signal } = scene;
  const lies = hasIpv6(bridge) ? harmless : [...harmless, sentWithoutIpv6];
  const steps: readonly (readonly [readonly string[], (pair: Pair) => Promise<readonly Trial[]>])[] = [
    [[NEIGHBOUR_FACT], pair => proveNeighbour(pair, signal)],
    [[OWN_BRIDGE_FACT, OTHER_ADDRESS_FACT], pair => proveHost(pair, signal)],
    [PRIVATE_FACTS, pair => provePrivate(scene, pair)],
    // After these the bridge is wrong about where the guests are.
    [lies.map(({ fact }) => fact), pair => proveLies(lies, pair)],
  ];
  const pair = await settled(pairOf(scene));
  const trials: Trial[] = [];
  for (const [facts, step] of steps) {
    const found = pair.known ? await settled(step(pair.value)) : pair;
    signal.throwIfAborted();
    // What could not be tried to its end is not believed at all.
    trials.push(...(found.known ? found.value : untried(facts, found.error)));
  }
  return trials;
}

async function pairOf({ attacker, bridge, host, incus, signal, victim }: ProofScene): Promise<Pair> {
  if (!host.isIncusHost) throw new Error('Incus is on another host: nobody is there to see what arrives');
  const gateway = bridge === undefined ? undefined : gatewayOf(bridge);
  if (bridge === undefined || gateway === undefined)
    throw new Error('this host has no IPv4 address on the network of the guests');
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

async function proveHost({ attacker, bridge, gateway, incus }: Pair, signal: AbortSignal): Promise<readonly Trial[]> {
  await using servers = await startHostServers([gateway.address, ...otherAddresses(bridge)]);
  const places: { readonly fact: string; readonly place: Place }[] = [];
  for (const { address, port } of servers.there) {
    const fact = address === gateway.address ? OWN_BRIDGE_FACT : OTHER_ADDRESS_FACT;
    // Who does not answer this host says nothing by not answering a guest.
    if (await connects({ host: address, port }, signal)) places.push({ fact, place: [address, port] });
  }
  const looks = places.map(({ place }) => place);
  const found = await reached(incus, attacker.name, looks, signal);
  return places.map(({ fact, place }, n) => judgeReach(fact, place.join(':'), found[n] ?? '', REMEDY));
}

async function provePrivate({ allow, host }: ProofScene, pair: Pair): Promise<readonly Trial[]> {
  if (host.uplink === undefined) return untried(PRIVATE_FACTS, 'this host has no way to the outside over IPv4');
  const open = allow.flatMap(
    ({ host: name, prefixLength }) => parseRange(prefixLength === undefined ? name : `${name}/${prefixLength}`) ?? [],
  );
  const isOpen = (address: string) => [parseRange(address)].some(range => range !== undefined && isWithin(range, open));
  const closed = PRIVATE_PLACES.filter(({ address }) => !isOpen(address));
  const away = await passedOn(
    pair,
    closed.map(({ address }) => address),
  );
  return [
    ...closed.map(({ address, fact }, n) =>
      judgeSent(fact, `datagrams to ${address}, while the host looks what it passes on`, away[n] === true, REMEDY),
    ),
    ...untried(
      PRIVATE_PLACES.filter(({ address }) => isOpen(address)).map(({ fact }) => fact),
      'network.allow lets guests reach it',
    ),
  ];
}

async function proveLies(lies: readonly Forgery[], pair: Pair): Promise<readonly Trial[]> {
  const arrived = await arrivals(pair, lies);
  const to = { host: 'the host', victim: 'the neighbour' } as const;
  return lies.map(({ fact, reaches }, n) =>
    judgeSent(fact, `such a frame as root, to be seen by ${to[reaches]}`, arrived[n] === true, REMEDY),
  );
}
