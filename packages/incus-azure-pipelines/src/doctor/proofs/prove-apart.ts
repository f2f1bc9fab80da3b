/** What one throw-away guest reaches of the host, of another one, and of the networks around; and whom it can pass for. */
import { isWithin, parseRange } from '../../lib/ip-ranges.js';
import { forgeries } from '../attacks/forged.js';
import { sentWithoutIpv6 } from '../attacks/forged6.js';
import { endOf, type Pair, whereIs } from '../attacks/guests.js';
import { arrivals, passedOn } from '../attacks/marked-frames.js';
import { NEIGHBOUR_FACT, OWN_BRIDGE_FACT, PRIVATE_PLACES } from '../attacks/private-places.js';
import { listenAt, NEIGHBOUR_PORT, type Place, reached } from '../attacks/reach.js';
import { settled } from '../fact-of.js';
import { connects } from '../reached-servers.js';
import { otherAddresses, startHostServers } from './host-server.js';
import { judgeReach, judgeSent } from './judge-attack.js';
import { type Trial, untried } from './proof.js';
import type { ProofScene } from './scene.js';

export const OTHER_ADDRESS_FACT = 'a guest cannot reach the host by another of its addresses';
const REMEDY = 'call "setup", which keeps guests apart from each other, from the host and from its networks';

/** Those that lead nobody astray but the two guests. */
const harmless = forgeries.filter(({ misleadsOthers }) => misleadsOthers !== true);

/** All of it; what could not be tried is told with its reason. */
export async function proveApart(scene: ProofScene): Promise<readonly Trial[]> {
  const { attacker, incus, network, signal, victim } = scene;
  const gateway = network?.config['ipv4.address']?.split('/')[0];
  const bridge = network?.name ?? '';
  const made = await settled(pairOf());
  signal.throwIfAborted();
  const whyNot = made.known ? undefined : made.error;
  const facts = [...harmless.map(({ fact }) => fact), ...PRIVATE_PLACES.map(({ fact }) => fact)];
  if (made.known)
    return [
      ...(await each(proveNeighbour(made.value, signal), [NEIGHBOUR_FACT], signal)),
      ...(await each(proveHost(made.value, signal), [OWN_BRIDGE_FACT, OTHER_ADDRESS_FACT], signal)),
      ...(await each(proveSending(scene, made.value), facts, signal)),
    ];
  return untried([NEIGHBOUR_FACT, OWN_BRIDGE_FACT, OTHER_ADDRESS_FACT, ...facts], whyNot ?? '');

  async function pairOf(): Promise<Pair> {
    if (!scene.host.isIncusHost) throw new Error('Incus is on another host: nobody is there to see what arrives');
    if (gateway === undefined) throw new Error('the network of the guests is not one that Incus shows');
    const [first, second] = await Promise.all([attacker, victim].map(name => whereIs(incus, name, signal)));
    if (first === undefined || second === undefined) throw new Error('there are two guests');
    return { incus, attacker: first, victim: second, gateway: await endOf(bridge, gateway), bridge };
  }
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

async function proveSending({ allow, host, network, signal }: ProofScene, pair: Pair): Promise<readonly Trial[]> {
  const hasIpv6 = (network?.config['ipv6.address'] ?? 'none') !== 'none';
  const lies = hasIpv6 ? harmless : [...harmless, sentWithoutIpv6];
  const open = allow.flatMap(({ host: name, prefixLength }) => {
    const range = parseRange(prefixLength === undefined ? name : `${name}/${prefixLength}`);
    return range === undefined ? [] : [range];
  });
  const closed = PRIVATE_PLACES.filter(({ address }) => {
    const range = parseRange(address);
    return range !== undefined && !isWithin(range, open);
  });
  // Before the lies, after which the bridge is wrong about where the guests are.
  const away =
    host.uplink === undefined
      ? []
      : await passedOn(
          pair,
          closed.map(({ address }) => address),
        );
  signal.throwIfAborted();
  const arrived = await arrivals(pair, lies);
  return [
    ...lies.map(({ fact, reaches }, n) =>
      judgeSent(
        fact,
        `a frame that bears it out to ${reaches === 'host' ? 'the host' : 'the neighbour'}, as root`,
        arrived[n] === true,
        REMEDY,
      ),
    ),
    ...closed.map(({ address, fact }, n) => sentAway(fact, address, away[n])),
  ];
}

function sentAway(fact: string, address: string, isAway: boolean | undefined): Trial {
  if (isAway === undefined)
    return { fact, tried: 'nothing', came: 'this host has no way to the outside over IPv4', outcome: 'untried' };
  return judgeSent(fact, `datagrams to ${address}, while the host looks what it passes on`, isAway, REMEDY);
}

/** What it came to; where it could not be tried to its end, none of it is believed. */
async function each(
  trials: Promise<readonly Trial[]>,
  facts: readonly string[],
  signal: AbortSignal,
): Promise<readonly Trial[]> {
  const found = await settled(trials);
  signal.throwIfAborted();
  return found.known ? found.value : untried(facts, found.error);
}
