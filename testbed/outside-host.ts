/** Another host, in a network namespace of its own. */
import type { Socket } from 'node:net';
import { chooseInterface } from './choose-network.js';
import { NetworkNamespace } from './network-namespace.js';
import { answerWith, type Place, relay } from './relay.js';
import { runCommand } from './run-command.js';
import { networkInterfaces } from './traces.js';

const OUTSIDE_PORT = 8080;
/** Not that of the bridges: nobody shall take the link of a host that is in use for something left over. */
const LINK_PREFIX = 'iaplink';

export interface OutsideHost extends AsyncDisposable {
  /** It listens on this port of each of its addresses. */
  readonly port: number;
}

/**
 * Starts a host that this one reaches under these addresses, and that reaches everybody through `gateway`; all IPv4, or
 * all IPv6.
 *
 * @param behind the server of this host that answers there, as if it ran on that one; default is one that says `outside`.
 */
export async function startOutsideHost(
  gateway: string,
  addresses: readonly string[],
  behind?: Place,
): Promise<OutsideHost> {
  const link = chooseInterface(LINK_PREFIX, networkInterfaces(), Math.random);
  const namespace = await NetworkNamespace.start();
  try {
    await connect(link, namespace, gateway, addresses);
    const listening = await namespace.listen('::', OUTSIDE_PORT);
    const answering = behind === undefined ? answerWith(listening, sayOutside) : relay(listening, () => behind);
    return {
      port: OUTSIDE_PORT,
      async [Symbol.asyncDispose]() {
        await answering[Symbol.asyncDispose]();
        await namespace[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await namespace[Symbol.asyncDispose]();
    throw error;
  }
}

function sayOutside(socket: Socket): void {
  socket.on('error', () => {}).end('outside\n');
}

async function connect(link: string, namespace: NetworkNamespace, gateway: string, addresses: readonly string[]) {
  const [enter, ...there] = namespace.within;
  const here = (...args: readonly string[]) => runCommand('ip', args);
  const inside = (...args: readonly string[]) => runCommand(enter, [...there, 'ip', ...args]);
  // Nobody else is on the link: an address need not be asked for before it is used.
  const [family, alone, more] = gateway.includes(':') ? ['-6', '/128', ['nodad']] : ['-4', '/32', []];
  await here('link', 'add', link, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', String(namespace.pid));
  await here('address', 'add', gateway + alone, 'dev', link, ...more);
  await here('link', 'set', link, 'up');
  await inside('link', 'set', 'eth0', 'up');
  for (const address of addresses) {
    await inside('address', 'add', address + alone, 'dev', 'eth0', ...more);
    await here(family, 'route', 'add', address + alone, 'dev', link);
  }
  await inside(family, 'route', 'add', gateway + alone, 'dev', 'eth0');
  await inside(family, 'route', 'add', 'default', 'via', gateway, 'dev', 'eth0', 'src', addresses[0] ?? gateway);
}
