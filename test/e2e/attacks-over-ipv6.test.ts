import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { text } from 'node:stream/consumers';
import type { IncusClient } from 'incus-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeOnIncus } from '../../testbed/for-tests.js';
import { type OutsideHost, startOutsideHost } from '../../testbed/outside-host.js';
import { carryOut } from './attacks/attack.js';
import { listenAt, NEIGHBOUR_PORT, OUTSIDE6, places6, reached } from './attacks/reach.js';
import { type Scene, startScene } from './attacks/scene.js';
import { type HostServers, startHostServers } from './attacks/servers.js';
import { polled } from './polled.js';

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
    for (const { name } of [scene.attacker, scene.victim]) await carryOut(incus, name, [switchOn]);
    await listenAt(incus, scene.victim);
    const [own, neighbour] = await Promise.all([addressOf(scene.attacker.name), addressOf(scene.victim.name)]);
    addresses = { gateway: bridgeAddress(scene.bridge), own, neighbour };
    const around = { gateway: addresses.gateway, hostPort: host.tcpPort, outsidePort: outside.port, neighbour };
    const looks = places6.map(({ place }) => place(around));
    // A guest has its address some time before it has its way to the outside.
    found = await polled(
      () => reached(incus, scene.attacker.name, looks),
      places => places.includes('outside'),
    );
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

  /** The address by which others reach a guest, once it has one. */
  async function addressOf(name: string): Promise<string> {
    const look = async () =>
      (await incus.instances.state(name)).network?.eth0?.addresses.find(
        ({ family, scope }) => family === 'inet6' && scope === 'global',
      )?.address;
    return (await polled(look, address => address !== undefined)) ?? '';
  }
});

/** The image of the tests has it off, since a boot is quicker without. */
const switchOn = `cd /etc/systemd/network
rm --recursive --force 10-eth0.network.d
sed --in-place 's/^DHCP=.*/DHCP=yes/; /^LinkLocalAddressing=/d; /^IPv6AcceptRA=/d' 10-eth0.network
networkctl reload
networkctl reconfigure eth0`;

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
