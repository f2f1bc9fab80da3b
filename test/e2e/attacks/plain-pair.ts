/** Two guests on a bridge without filters, to see that what is refused elsewhere comes through here. */
import { randomBytes } from 'node:crypto';
import { connectIncus, type IncusClient } from 'incus-client';
import { endOf, type Guest, type Pair } from '../../../packages/incus-azure-pipelines/src/doctor/attacks/guests.js';
import { chooseGateway, parseIpv4Network } from '../../../testbed/choose-network.js';
import type { Testbed } from '../../../testbed/for-tests.js';
import { despitePassingInterfaces } from '../../../testbed/passing-interfaces.js';
import { hostNetworks } from '../../../testbed/plan-run.js';
import { polled } from '../polled.js';
import { armed, gatewayOf } from './scene.js';

export interface PlainPair extends AsyncDisposable, Pair {}

/** Starts both in the default project of the testbed, on a bridge that no other test uses. */
export async function startPlainPair(testbed: Testbed): Promise<PlainPair> {
  const incus = connectIncus({ connection: { kind: 'unix', socketPath: testbed.socketPath } });
  const id = randomBytes(3).toString('hex');
  const names = [`attacker-${id}`, `victim-${id}`];
  const bridge = `plain-${id}`;
  const { instances } = incus;
  const { networks } = incus.server;
  const end = async () => {
    for (const name of names) await instances.stop(name, { force: true }).catch(() => undefined);
    await networks.delete(bridge).catch(() => undefined);
    await incus.close();
  };
  try {
    const config = { 'ipv4.address': `${await freeGateway()}/24`, 'ipv4.nat': 'true', 'ipv6.address': 'none' };
    await despitePassingInterfaces(() => networks.create({ name: bridge, type: 'bridge', description: '', config }));
    for (const name of names)
      await instances.create({
        name,
        type: 'container',
        ephemeral: true,
        start: true,
        source: { type: 'image', alias: testbed.image },
        devices: { eth0: { type: 'nic', name: 'eth0', network: bridge } },
      });
    const [attacker, victim] = await Promise.all(names.map(name => whenAddressed(incus, name)));
    if (attacker === undefined || victim === undefined) throw new Error('there are two guests');
    const gateway = await endOf(bridge, gatewayOf(victim));
    return { incus, attacker, victim, gateway, bridge, [Symbol.asyncDispose]: end };
  } catch (error) {
    await end();
    throw error;
  }
}

async function whenAddressed(incus: IncusClient, name: string): Promise<Guest> {
  const guest = await polled(
    () => armed(incus, name).catch(() => undefined),
    found => found !== undefined,
  );
  if (guest === undefined) throw new Error(`${name} has no address`);
  return guest;
}

async function freeGateway(): Promise<string> {
  return chooseGateway(
    (await hostNetworks()).flatMap(text => parseIpv4Network(text) ?? []),
    Math.random,
  );
}
