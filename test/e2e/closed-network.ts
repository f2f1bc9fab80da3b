/** A network without a way out, in a namespace that lives as long as who runs in it, so that nothing of it is ever left. */
import { NetworkNamespace } from '../../testbed/network-namespace.js';
import { relay } from '../../testbed/relay.js';

/** Incus sees by /sys which interfaces there are, and that shows those of the namespace it was mounted in. */
const WITH_OWN_SYS = [
  'cd /sys/fs/cgroup',
  'mount -t sysfs sysfs /sys',
  'mount --no-canonicalize --rbind . /sys/fs/cgroup',
  'cd /',
  'exec "$@"',
].join(' && ');

/** For a bridge from which guests reach the host's own address on it, and nothing else. */
export const CLOSED_BRIDGE = {
  'ipv4.nat': 'false',
  'ipv4.routing': 'false',
  // DHCP names no router.
  'raw.dnsmasq': 'dhcp-option=3',
};

export interface ClosedNetwork extends AsyncDisposable {
  /** A command that runs the one behind it in there. */
  readonly within: readonly string[];
  /** Lets a server of this host be reached in there too, on this address and its own port; gives back its URL in there. */
  bringIn(url: string, address: string): Promise<string>;
}

/** Makes a network that has nothing but its loopback. */
export async function startClosedNetwork(): Promise<ClosedNetwork> {
  const namespace = await NetworkNamespace.start();
  const doors: AsyncDisposable[] = [];
  return {
    within: [...namespace.within, 'unshare', '--mount', 'sh', '-c', WITH_OWN_SYS, 'sh'],
    async bringIn(url, address) {
      const { host, hostname, port } = new URL(url);
      const listening = await namespace.listen(address, Number(port));
      doors.push(relay(listening, () => ({ host: hostname, port: Number(port) })));
      return url.replace(host, `${address}:${port}`);
    },
    async [Symbol.asyncDispose]() {
      for (const door of doors) await door[Symbol.asyncDispose]();
      await namespace[Symbol.asyncDispose]();
    },
  };
}
