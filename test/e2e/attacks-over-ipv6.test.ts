import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { text } from 'node:stream/consumers';
import type { IncusClient } from 'incus-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeOnIncus } from '../../testbed/for-tests.js';
import { type OutsideHost, startOutsideHost } from '../../testbed/outside-host.js';
import { carryOut } from './attacks/attack.js';
import type { Station } from './attacks/frames.js';
import { listenAt, NEIGHBOUR_PORT, OUTSIDE6, places6, reached } from './attacks/reach.js';
import { type Scene, startScene } from './attacks/scene.js';
import { type HostServers, startHostServers } from './attacks/servers.js';

describeOnIncus('over IPv6,', testbed => {
  let outside: OutsideHost;
  let host: HostServers;
  let scene: Scene;
  let incus: IncusClient;
  /** Where the bridge ends, the guest that attacks is, and its neighbour. */
  let addresses: { readonly gateway: string; readonly own: string; readonly neighbour: string };
  let found: readonly (string | undefined)[];

  beforeAll(async () => {
    outside = await startOutsideHost(OUTSIDE6.gateway, [OUTSIDE6.address, OUTSIDE6.unique]);
    host = await startHostServers();
    scene = await startScene(testbed(), { network: { ipv6: true } });
    ({ incus } = scene.scenario);
    const gateway = bridgeAddress(scene.bridge);
    const { attacker, victim } = scene;
    addresses = { gateway, own: addressOf(attacker, gateway), neighbour: addressOf(victim, gateway) };
    await carryOut(incus, attacker.name, [switchOn(attacker, addresses.own, scene.gateway)]);
    await carryOut(incus, victim.name, [switchOn(victim, addresses.neighbour, scene.gateway)]);
    await listenAt(incus, victim);
    const around = { ...addresses, hostPort: host.tcpPort, outsidePort: outside.port };
    const looks = places6.map(({ place }) => place(around));
    found = await reached(incus, attacker.name, looks);
  });
  afterAll(async () => {
    await scene?.[Symbol.asyncDispose]();
    await host?.[Symbol.asyncDispose]();
    await outside?.[Symbol.asyncDispose]();
  });

  test('guests and the bridge have addresses, and what guests cannot reach answers others', async () => {
    const { gateway, neighbour } = addresses;
    expect(new Set(Object.values(addresses)).size).toBe(3);
    const heard = [
      await said(gateway, host.tcpPort),
      await said(OUTSIDE6.gateway, host.tcpPort),
      await said(OUTSIDE6.unique, outside.port),
    ];
    expect(heard).toEqual(['host\n', 'host\n', 'outside\n']);
    expect(await reached(incus, scene.victim.name, [[neighbour, NEIGHBOUR_PORT]])).toEqual(['neighbour']);
  });

  test.each(places6.map(({ fact, finds }, n) => [fact, n, finds] as const))('%s', (_, n, finds) =>
    expect(found[n]).toBe(finds),
  );

  test("the neighbour's job goes on through all this", async () => {
    expect(await scene.goOn()).toMatchObject({ result: 'succeeded', agentName: scene.victim.name });
  });
});

/** What Incus lets a guest use: the network of the bridge, and the last part made of its MAC. Source: RFC 4291, appendix A. */
function addressOf({ mac }: Station, gateway: string): string {
  return gateway.replace(/::1$/, `:${fromMac(mac)}`);
}

function fromMac(mac: string): string {
  const [first = '', ...rest] = mac.split(':');
  const bytes = [(Number.parseInt(first, 16) ^ 2).toString(16).padStart(2, '0'), ...rest];
  const eight = [...bytes.slice(0, 3), 'ff', 'fe', ...bytes.slice(3)];
  return [0, 2, 4, 6].map(at => `${eight[at]}${eight[at + 1]}`).join(':');
}

/** What a guest's own system would do, but for the image of the tests, which has it off for quick boots. */
function switchOn(guest: Station, address: string, gateway: Station): string {
  return `ip address add fe80::${fromMac(guest.mac)}/64 dev eth0 nodad
ip address add ${address}/64 dev eth0 nodad
ip -6 route add default via fe80::${fromMac(gateway.mac)} dev eth0`;
}

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
