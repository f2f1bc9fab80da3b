import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { IncusClient } from 'incus-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { carryOut } from '../../packages/incus-azure-pipelines/src/doctor/attacks/attack.js';
import {
  FORGED_CLIENT6,
  forgedSolicitation,
  forgeries6,
  hiddenLie,
  leaseFlood6,
} from '../../packages/incus-azure-pipelines/src/doctor/attacks/forged6.js';
import { interfaceId, linkLocal } from '../../packages/incus-azure-pipelines/src/doctor/attacks/frames6.js';
import type { Guest, Pair } from '../../packages/incus-azure-pipelines/src/doctor/attacks/guests.js';
import { arrivals, sendFrom } from '../../packages/incus-azure-pipelines/src/doctor/attacks/marked-frames.js';
import { listenAt, NEIGHBOUR_PORT, reached } from '../../packages/incus-azure-pipelines/src/doctor/attacks/reach.js';
import { describeOnIncus } from '../../testbed/for-tests.js';
import { type OutsideHost, startOutsideHost } from '../../testbed/outside-host.js';
import { answered, neighbours } from './attacks/drawn.js';
import { OUTSIDE6, places6 } from './attacks/places.js';
import { type Scene, startScene } from './attacks/scene.js';
import { type HostServers, startHostServers } from './attacks/servers.js';
import { polled } from './polled.js';

describeOnIncus('over IPv6,', testbed => {
  let outside: OutsideHost;
  let host: HostServers;
  let scene: Scene;
  let incus: IncusClient;
  /** The host's address on the bridge. */
  let gateway: string;
  let attacker: Guest6;
  let victim: Guest6;
  let pair: Pair;

  beforeAll(async () => {
    outside = await startOutsideHost(OUTSIDE6.gateway, [OUTSIDE6.address, OUTSIDE6.unique, OUTSIDE6.allowed]);
    host = await startHostServers();
    const network = { ipv6: true, allow: [`[${OUTSIDE6.allowed}]:${outside.port}`] };
    scene = await startScene(testbed(), { network });
    ({ incus } = scene.scenario);
    gateway = bridgeAddress(scene.bridge);
    [attacker, victim] = await Promise.all([withIpv6(scene.attacker), withIpv6(scene.victim)]);
    pair = { ...scene, attacker, incus, victim };
    await listenAt(incus, victim);
  });
  afterAll(async () => {
    await scene?.[Symbol.asyncDispose]();
    await host?.[Symbol.asyncDispose]();
    await outside?.[Symbol.asyncDispose]();
  });

  test('guests and the bridge have addresses, and what guests cannot reach answers others', async () => {
    expect(new Set([gateway, attacker.address6, victim.address6]).size).toBe(3);
    const heard = [
      await said(gateway, host.tcpPort),
      await said(`${linkLocal(scene.gateway)}%${scene.bridge}`, host.tcpPort),
      await said(OUTSIDE6.gateway, host.tcpPort),
      await said(OUTSIDE6.unique, outside.port),
    ];
    expect(heard).toEqual(['host\n', 'host\n', 'host\n', 'outside\n']);
    const own = [victim.address6, `${linkLocal(victim)}%eth0`].map(address => [address, NEIGHBOUR_PORT] as const);
    expect(await reached(incus, victim.name, own)).toEqual(['neighbour', 'neighbour']);
  });

  describe('at addresses:', () => {
    let found: readonly (string | undefined)[];
    beforeAll(async () => {
      const around = {
        gateway,
        gatewayLink: linkLocal(scene.gateway),
        hostPort: host.tcpPort,
        outsidePort: outside.port,
        neighbour: victim.address6,
        neighbourLink: linkLocal(victim),
      };
      found = await reached(
        incus,
        attacker.name,
        places6.map(({ place }) => place(around)),
      );
    });
    test.each(places6.map(({ fact, finds }, n) => [fact, n, finds] as const))('%s', (_, n, finds) =>
      expect(found[n]).toBe(finds),
    );
  });

  describe('with frames from the address that it may use:', () => {
    let arrived: readonly boolean[];
    beforeAll(async () => {
      arrived = await arrivals(pair, forgeries6);
    });
    test.each(forgeries6.map(({ fact }, n) => [fact, n] as const))('%s', (_, n) => expect(arrived[n]).toBe(false));
  });

  test('a guest cannot use up the leases of the bridge by forged requests over IPv6', async () => {
    await answered(pair, leaseFlood6(pair, 20));
    const leases = await readFile(join(testbed().directory, 'networks', scene.bridge, 'dnsmasq.leases'), 'utf8');
    const taken = leases.split('\n').filter(line => line.includes(FORGED_CLIENT6));
    expect(taken.map(line => line.split(' ')[2])).toEqual([attacker.address6]);
  });

  test('open: a guest has the host send to it what is for the IPv6 address of its neighbour', async () => {
    const seen = () => macOf(victim.address6);
    await carryOut(incus, victim.name, [`echo x > /dev/udp/${gateway}/53`]);
    await polled(seen, mac => mac === victim.mac);
    await sendFrom(incus, attacker, [hiddenLie(pair)]);
    expect(await polled(seen, mac => mac === attacker.mac)).toBe(attacker.mac);
  });

  test('open: a guest has the host send to it what is for the link-local address of its neighbour', async () => {
    await sendFrom(incus, attacker, [forgedSolicitation(attacker, linkLocal(victim))]);
    const seen = () => macOf(linkLocal(victim));
    expect(await polled(seen, mac => mac === attacker.mac)).toBe(attacker.mac);
  });

  test('open: a guest takes places in the table of IPv6 neighbours that the whole host shares', async () => {
    const madeUp = Array.from({ length: 200 }, (_, n) => `fe80::66:${n.toString(16)}`);
    await sendFrom(
      incus,
      attacker,
      madeUp.map(address => forgedSolicitation(attacker, address)),
    );
    const taken = async () => (await neighbours(scene.bridge)).match(/^fe80::66:/gm)?.length ?? 0;
    expect(await polled(taken, count => count >= 200)).toBe(200);
  });

  test("the neighbour's job goes on through all this", async () => {
    expect(await scene.goOn()).toMatchObject({ result: 'succeeded', agentName: victim.name });
  });

  /** At which MAC the host looks for an address; undefined where it does not know. */
  async function macOf(address: string): Promise<string | undefined> {
    return new RegExp(`^${address} .*lladdr (\\S+)`, 'm').exec(await neighbours(scene.bridge))?.[1];
  }

  /** Switches on in a guest what the image of the tests has off for quick boots, and waits until it has an address. */
  async function withIpv6(guest: Guest): Promise<Guest6> {
    const [shown = ''] = await carryOut(incus, guest.name, [SWITCH_ON]);
    const address6 = gateway.replace(/::1$/, `:${interfaceId(guest.mac)}`);
    expect(shown).toContain(address6);
    return { ...guest, address6 };
  }
});

type Guest6 = Guest & { readonly address6: string };

/**
 * Has the kernel begin anew with IPv6 and wait for nobody: it asks for a router at once, and makes an address of the network that the
 * bridge advertises and of the MAC, which is the only one beside the link-local that Incus lets a guest use. Shows that address.
 */
const SWITCH_ON = `cd /proc/sys/net/ipv6/conf/eth0
echo 1 > disable_ipv6
echo 0 | tee addr_gen_mode accept_dad router_solicitation_delay > /dev/null
echo 2 > accept_ra
echo 1 > autoconf
echo 0 > disable_ipv6
until ip -6 address show dev eth0 scope global | grep inet6; do sleep 0.1; done`;

/** The address of the host's end of a bridge that is no link-local one. */
function bridgeAddress(bridge: string): string {
  const isOwn = ({ address, family }: { address: string; family: string }) =>
    family === 'IPv6' && !address.startsWith('fe80');
  const found = networkInterfaces()[bridge]?.find(isOwn);
  if (found === undefined) throw new Error(`${bridge} has no address of IPv6`);
  return found.address;
}

/** What a server says to the host itself. */
async function said(address: string, port: number): Promise<string> {
  const socket = connect(port, address);
  return await text(socket);
}
