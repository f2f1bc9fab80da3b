import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connectIncus, type IncusClient } from 'incus-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { carryOut } from '../../packages/incus-azure-pipelines/src/doctor/attacks/attack.js';
import {
  FORGED_CLIENT,
  forgedRelease,
  forgeries,
  leaseFlood,
  toUdp,
} from '../../packages/incus-azure-pipelines/src/doctor/attacks/forged.js';
import { sentWithoutIpv6 } from '../../packages/incus-azure-pipelines/src/doctor/attacks/forged6.js';
import type { Pair } from '../../packages/incus-azure-pipelines/src/doctor/attacks/guests.js';
import { arrivals, passedOn, sendFrom } from '../../packages/incus-azure-pipelines/src/doctor/attacks/marked-frames.js';
import { listenAt, NEIGHBOUR_PORT, reached } from '../../packages/incus-azure-pipelines/src/doctor/attacks/reach.js';
import { describeOnIncus } from '../../testbed/for-tests.js';
import { type OutsideHost, startOutsideHost } from '../../testbed/outside-host.js';
import { drawn, fromNobody, heldForNobody } from './attacks/drawn.js';
import { ALLOWED, OUTSIDE, OUTSIDE_ADDRESSES, places, REFUSED } from './attacks/places.js';
import { type PlainPair, startPlainPair } from './attacks/plain-pair.js';
import { type Scene, startScene } from './attacks/scene.js';
import { type HostServers, startHostServers } from './attacks/servers.js';
import { polled } from './polled.js';

/** The bridge has no IPv6. */
const sent = [...forgeries, sentWithoutIpv6];

describeOnIncus('on the network,', testbed => {
  let outside: OutsideHost;
  let host: HostServers;
  let scene: Scene;
  let plain: PlainPair;
  let incus: IncusClient;

  beforeAll(async () => {
    outside = await startOutsideHost(OUTSIDE.gateway, OUTSIDE_ADDRESSES);
    host = await startHostServers();
    const network = { allow: [`${ALLOWED}:${outside.port}`] };
    [scene, plain] = await Promise.all([startScene(testbed(), { network }), startPlainPair(testbed())]);
    ({ incus } = scene.scenario);
    await listenAt(incus, scene.victim);
    await listenAt(plain.incus, plain.victim);
  });
  afterAll(async () => {
    await plain?.[Symbol.asyncDispose]();
    await scene?.[Symbol.asyncDispose]();
    await host?.[Symbol.asyncDispose]();
    await outside?.[Symbol.asyncDispose]();
  });

  describe('with setup,', () => {
    let found: readonly (string | undefined)[];
    beforeAll(async () => {
      const around = {
        gateway: scene.gateway.address,
        otherGateway: testbed().gateway,
        hostPort: host.tcpPort,
        incusPort: await incusPort(testbed().socketPath),
        outsidePort: outside.port,
        neighbour: scene.victim.address,
      };
      found = await reached(
        incus,
        scene.attacker.name,
        places.map(({ place }) => place(around)),
      );
    });
    test.each(places.map(({ fact, finds }, n) => [fact, n, finds] as const))('%s', (_, n, finds) =>
      expect(found[n]).toBe(finds),
    );
  });

  test('without setup a guest reaches the host, its neighbour and private networks', async () => {
    const looks = [
      [plain.gateway.address, host.tcpPort],
      [plain.victim.address, NEIGHBOUR_PORT],
      [ALLOWED, outside.port],
    ] as const;
    expect(await reached(plain.incus, plain.attacker.name, looks)).toEqual(['host', 'neighbour', 'outside']);
    expect(await passedOn(plain, REFUSED)).toEqual(REFUSED.map(() => true));
  });

  test('a guest cannot send into private networks, be anybody there or not', async () => {
    expect(await passedOn({ ...scene, incus }, REFUSED)).toEqual(REFUSED.map(() => false));
  });

  describe('with setup,', () => {
    let arrived: readonly boolean[];
    beforeAll(async () => {
      arrived = await arrivals({ ...scene, incus }, sent);
    });
    test.each(sent.map(({ fact }, n) => [fact, n] as const))('%s', (_, n) => expect(arrived[n]).toBe(false));
  });

  test('without setup each of these forgeries arrives', async () => {
    const arrived = await arrivals(plain, sent);
    expect(sent.filter((_, n) => !arrived[n]).map(({ fact }) => fact)).toEqual([]);
  });

  test('a guest cannot reach its neighbour by the gateway', async () => {
    const { attacker, victim, gateway } = scene;
    await carryOut(incus, attacker.name, [`ip route add ${victim.address}/32 via ${gateway.address} dev eth0`]);
    expect(await reached(incus, attacker.name, [[victim.address, NEIGHBOUR_PORT]])).toEqual(['refused']);
  });

  test('a guest cannot reach its neighbour by a link-local address that it switches on again', async () => {
    const look = async ({ incus, attacker, victim }: Pair) => {
      await carryOut(incus, attacker.name, ['ip address add fe80::bad/64 dev eth0 nodad']);
      await carryOut(incus, victim.name, ['ip address add fe80::900d/64 dev eth0 nodad']);
      return await reached(incus, attacker.name, [['fe80::900d%eth0', NEIGHBOUR_PORT]]);
    };
    expect([await look(plain), await look({ ...scene, incus })]).toEqual([['neighbour'], ['refused']]);
  });

  test("a guest cannot send datagrams to the host, and not to what listens on the host's loopback", async () => {
    const { udpPort } = host;
    await sendFrom(plain.incus, plain.attacker, [toUdp(plain, plain.gateway.address, udpPort, 'plain')]);
    await sendFrom(incus, scene.attacker, [
      toUdp(scene, scene.gateway.address, udpPort, 'apart'),
      toUdp(scene, '127.0.0.1', udpPort, 'loopback'),
    ]);
    expect(await host.received()).toEqual(['iap-attack:plain.']);
  });

  test('a guest cannot use up the addresses of the bridge by forged requests', async () => {
    const { attacker, bridge, victim } = scene;
    await sendFrom(plain.incus, plain.attacker, leaseFlood(plain, 3));
    await polled(
      () => leases(plain.bridge),
      found => found.filter(({ mac }) => mac.startsWith(FORGED_CLIENT)).length === 3,
    );
    await sendFrom(incus, attacker, leaseFlood(scene, 1000));
    const own = async () => (await leases(bridge)).find(({ mac }) => mac === victim.mac)?.expires ?? 0;
    const before = await own();
    await carryOut(incus, victim.name, ['networkctl renew eth0']);
    await polled(own, expires => expires > before);
    expect((await leases(bridge)).filter(({ mac }) => mac.startsWith(FORGED_CLIENT))).toEqual([]);
  });

  test("open: a guest gives back its neighbour's address in its name", async () => {
    const { attacker, bridge, victim } = scene;
    const held = async () => (await leases(bridge)).filter(({ mac }) => mac === victim.mac);
    expect(await held()).toHaveLength(1);
    await sendFrom(incus, attacker, [forgedRelease(scene)]);
    await polled(held, found => found.length === 0);
    await carryOut(incus, victim.name, ['networkctl renew eth0']);
    const [again] = await polled(held, found => found.length === 1);
    expect(again).toMatchObject({ address: victim.address });
  });

  test('the name service of the bridge answers', async () => {
    const [said] = await carryOut(incus, scene.attacker.name, ['getent hosts _gateway.incus']);
    expect(said).toContain(scene.gateway.address);
  });

  test('open: a guest learns the addresses of its neighbours from the name service of the bridge', async () => {
    const { attacker, victim } = scene;
    const [said] = await carryOut(incus, attacker.name, [`getent hosts ${victim.name}.incus`]);
    expect(said).toContain(victim.address);
  });

  test('open: a guest draws to itself what is sent to its neighbour, until the neighbour sends', async () => {
    expect(await drawn({ ...scene, incus })).toEqual(['watching', 'after']);
  });

  test('open: a guest takes places in the table of connections that all guests share', async () => {
    const taken = async () => Number(await readFile('/proc/sys/net/netfilter/nf_conntrack_count', 'utf8'));
    const before = await taken();
    await carryOut(incus, scene.attacker.name, [
      `for n in {1..1000}; do echo x > /dev/udp/${OUTSIDE.address}/$((9000 + n)); done`,
    ]);
    expect((await taken()) - before).toBeGreaterThan(500);
  });

  test('open: a guest takes places in the table of addresses of the bridge that all its guests share', async () => {
    const { attacker, bridge } = scene;
    await sendFrom(incus, attacker, fromNobody({ ...scene, incus }, 1000));
    await polled(
      () => heldForNobody(bridge),
      held => held === 1000,
    );
  });

  test("the neighbour's job goes on through all this", async () => {
    expect(await scene.goOn()).toMatchObject({ result: 'succeeded', agentName: scene.victim.name });
  });

  /** What the DHCP server of a bridge has given out; `expires` in epoch seconds. */
  async function leases(bridge: string): Promise<readonly Lease[]> {
    const text = await readFile(join(testbed().directory, 'networks', bridge, 'dnsmasq.leases'), 'utf8');
    return text
      .trim()
      .split('\n')
      .map(line => {
        const [expires, mac = '', address = ''] = line.split(' ');
        return { expires: Number(expires), mac, address };
      });
  }
});

interface Lease {
  readonly expires: number;
  readonly mac: string;
  readonly address: string;
}

async function incusPort(socketPath: string): Promise<number> {
  await using root = connectIncus({ connection: { kind: 'unix', socketPath } });
  return Number((await root.server.info()).config['core.https_address']?.replace(/^.*:/, ''));
}
