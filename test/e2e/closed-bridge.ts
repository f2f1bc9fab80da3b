import { randomBytes } from 'node:crypto';
import { connectIncus } from 'incus-client';
import { chooseGateway, parseIpv4Network } from '../../testbed/choose-network.js';
import type { Testbed } from '../../testbed/for-tests.js';
import { despitePassingInterfaces } from '../../testbed/passing-interfaces.js';
import { hostNetworks } from '../../testbed/plan-run.js';

/** A bridge from which guests reach the host's own address on it, and nothing else: there is no router and no way on. */
export interface ClosedBridge extends AsyncDisposable {
  readonly bridge: string;
  readonly gateway: string;
}

/** Makes one in the testbed's Incus; its guests have to be gone before it is. */
export async function makeClosedBridge({ socketPath }: Testbed): Promise<ClosedBridge> {
  const incus = connectIncus({ connection: { kind: 'unix', socketPath } });
  const { networks } = incus.server;
  const bridge = `closed-${randomBytes(3).toString('hex')}`;
  const end = async () => {
    try {
      await despitePassingInterfaces(() => networks.delete(bridge));
    } finally {
      await incus.close();
    }
  };
  const taken = (await hostNetworks()).flatMap(text => parseIpv4Network(text) ?? []);
  const gateway = chooseGateway(taken, Math.random);
  const config = {
    'ipv4.address': `${gateway}/24`,
    'ipv4.nat': 'false',
    'ipv4.routing': 'false',
    'ipv6.address': 'none',
    // DHCP names no router.
    'raw.dnsmasq': 'dhcp-option=3',
  };
  try {
    await despitePassingInterfaces(() => networks.create({ name: bridge, type: 'bridge', description: '', config }));
  } catch (error) {
    await incus.close();
    throw error;
  }
  return { bridge, gateway, [Symbol.asyncDispose]: end };
}
