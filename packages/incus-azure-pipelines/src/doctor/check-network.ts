/** Judges the network that guests are on, by what Incus and the host tell of it. Pure. */
import { formatRange, type IpRange, parseRange } from '../lib/ip-ranges.js';
import { nicIn } from '../observe/fitness.js';
import type { Blocker, Family, HostFacts, HostRoute, NetworkFacts, ProjectFacts } from './facts.js';
import { type Finding, green, grey, red, yellow } from './finding.js';

/** Everything that the facts about the network tell by themselves. */
export function checkNetwork({ devices, network }: ProjectFacts, host: HostFacts, most: number): Finding[] {
  if (devices === undefined) return [grey('network', 'there is no project')];
  if (nicIn(devices) === undefined) return [grey('network', 'the default profile has no network')];
  if (network === undefined) return [grey('network', 'Incus does not show the network of the profile to this client')];
  if (!network.managed)
    return [grey('network', `network "${network.name}" is not one of Incus: its addresses are its owner's affair`)];
  return [
    ...(host.isIncusHost ? [checkClash(network, host), checkForwarding(network, host)] : []),
    checkLeases(network, most),
  ];
}

/** Where the guests' subnet is also reached by another interface of the host, as closely if there is such a one. */
export function clashOf(
  { config, name }: NetworkFacts,
  { routes }: HostFacts,
): HostFacts['routes'][number] | undefined {
  const own = parseRange(config['ipv4.address'] ?? '');
  if (own === undefined) return undefined;
  const clashes = routes.filter(route => route.interface !== name && overlap(route.range, own));
  return clashes.find(route => isClose(route, own)) ?? clashes[0];
}

/** Whether a route takes packets from the bridge, or the bridge those of neighbours; the narrower route wins otherwise. */
function isClose({ isDirect, range }: HostRoute, own: IpRange): boolean {
  return isDirect || sizeOf(range) <= sizeOf(own);
}

function checkClash(network: NetworkFacts, host: HostFacts): Finding {
  const subnet = network.config['ipv4.address'];
  const clash = clashOf(network, host);
  const own = parseRange(subnet ?? '');
  if (familyOf(network) === 6) return grey('subnet', `network "${network.name}" has no subnet of IPv4`);
  if (clash === undefined || own === undefined)
    return green('subnet', `subnet ${subnet ?? 'none'} of "${network.name}" is nobody else's`);
  const remedy = `choose another: network.address in the configuration and "setup", or incus network set ${network.name} ipv4.address`;
  if (!isClose(clash, own))
    return yellow('subnet', {
      what: `subnet ${subnet} of "${network.name}" lies in ${formatRange(clash.range)}, which the host reaches by ${clash.interface}: addresses of that in the subnet are out of reach`,
      remedy,
    });
  return red('subnet', {
    what: `subnet ${subnet} of "${network.name}" overlaps ${formatRange(clash.range)}, which the host reaches by ${clash.interface}: each takes packets of the other`,
    remedy,
  });
}

function checkForwarding(network: NetworkFacts, host: HostFacts): Finding {
  const key = closedSwitch(network, host);
  if (key === undefined) return green('ip-forwarding', 'the host passes packets on');
  return red('ip-forwarding', {
    what: `${key} is 0: the host passes no packets of guests on`,
    remedy: `set it with: sysctl -w ${key}=1, and find out in /etc/sysctl.d who sets it to 0`,
  });
}

/** The key of the kernel by which the host passes nothing on of what guests send; undefined where it does. */
export function closedSwitch(network: NetworkFacts | undefined, { forwards }: HostFacts): string | undefined {
  const family = network === undefined ? 4 : familyOf(network);
  if (forwards[family] !== false) return undefined;
  return family === 4 ? 'net.ipv4.ip_forward' : 'net.ipv6.conf.all.forwarding';
}

/** The family by which guests reach others: IPv6 where they have that alone. */
export function familyOf({ config }: Pick<NetworkFacts, 'config'>): Family {
  return config['ipv4.address'] === 'none' && parseRange(config['ipv6.address'] ?? '') !== undefined ? 6 : 4;
}

function checkLeases({ config, leases, name }: NetworkFacts, most: number): Finding {
  const size = addressesOf(config);
  if (size === undefined) return grey('dhcp-range', `network "${name}" gives out no IPv4 addresses`);
  const range = config['ipv4.dhcp.ranges'] ?? config['ipv4.address'];
  if (leases !== undefined && leases >= size)
    return red('dhcp-range', {
      what: `all ${size} addresses of ${range} are given out: the next guest gets none`,
      remedy: `give "${name}" a larger subnet or range (ipv4.address, ipv4.dhcp.ranges); incus network list-leases ${name} --project PROJECT tells who of a project has them`,
    });
  if (size < most)
    return yellow('dhcp-range', {
      what: `${range} has ${size} addresses, and there may be ${most} guests`,
      remedy: `give "${name}" a larger subnet or range (ipv4.address, ipv4.dhcp.ranges)`,
    });
  const what = `${size} addresses for at most ${most} guests`;
  if (leases === undefined) return grey('dhcp-range', `${what}; this client is not told how many are given out`);
  return green('dhcp-range', `${what}, ${leases} given out`);
}

/** How many IPv4 addresses DHCP gives out; undefined where it gives none. */
export function addressesOf(config: NetworkFacts['config']): number | undefined {
  const subnet = parseRange(config['ipv4.address'] ?? '');
  if (subnet === undefined || config['ipv4.dhcp'] === 'false') return undefined;
  const ranges = config['ipv4.dhcp.ranges'];
  // Without network, host and broadcast.
  if (!ranges) return Math.max(0, sizeOf(subnet) - 3);
  return ranges
    .split(',')
    .map(range => {
      const [first, last] = range.split('-').map(address => parseRange(address.trim()));
      return first && last ? Number(last.first - first.first) + 1 : 0;
    })
    .reduce((sum, size) => sum + size, 0);
}

/** What the firewall of the host keeps away, once it was seen whether guests on `bridge` get through. */
export function checkFirewall(
  { blockers, isIncusHost, uplink }: HostFacts,
  getsThrough: boolean | undefined,
  bridge: string | undefined,
): Finding {
  if (!isIncusHost) return grey('host-firewall', 'Incus is on another host');
  if (!blockers.known) return grey('host-firewall', `the firewall of the host was not read: ${blockers.error}`);
  const chains = blockers.value;
  if (chains.length === 0) return green('host-firewall', 'no chain of the host drops what nobody lets through');
  const what = chains.map(inWords).join(' and ');
  if (getsThrough === true) return green('host-firewall', `${what}; guests get through all the same`);
  const finding = getsThrough === false ? red : yellow;
  return finding('host-firewall', {
    what,
    remedy: chains.map(blocker => letThrough(blocker, bridge, uplink)).join('; '),
  });
}

/** A chain that keeps packets away, in words. */
export function inWords({ by, chain, hook }: Blocker): string {
  const what = hook === 'forward' ? 'what passes through the host' : 'what is for the host itself';
  return `chain ${chain}${by === 'somebody' ? '' : `, of ${by},`} drops ${what} unless it is let through`;
}

/** How guests are let through it, and no further than they must: out by the uplink, and to the host for names and addresses. */
export function letThrough({ by, hook }: Blocker, bridge = 'BRIDGE', uplink = 'UPLINK'): string {
  const isForward = hook === 'forward';
  switch (by) {
    case 'docker':
      return `let guests through: iptables -I DOCKER-USER -i ${bridge} -o ${uplink} -j ACCEPT and iptables -I DOCKER-USER -i ${uplink} -o ${bridge} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT, at each boot`;
    case 'ufw':
      return isForward
        ? `let guests through: ufw route allow in on ${bridge} out on ${uplink}`
        : `let guests ask for names and addresses: ufw allow in on ${bridge} to any port 53 and ufw allow in on ${bridge} to any port 67 proto udp`;
    case 'firewalld': {
      const zone = `firewall-cmd --permanent --new-zone=guests, and firewall-cmd --permanent --zone=guests --change-interface=${bridge}`;
      return isForward
        ? `let guests through: ${zone}; firewall-cmd --permanent --new-policy=guests-out, and with --permanent --policy=guests-out: --add-ingress-zone=guests, --add-egress-zone=ANY, --set-target=ACCEPT; then --reload`
        : `let guests ask for names and addresses: ${zone} --add-service=dns --add-service=dhcp; then --reload`;
    }
    case 'somebody':
      return isForward
        ? `let through what goes from ${bridge} out by ${uplink}, and the answers to it`
        : `let in from ${bridge} what asks for names (port 53) and for addresses (UDP port 67)`;
  }
}

function overlap(a: IpRange, b: IpRange): boolean {
  return a.family === b.family && a.first <= b.last && b.first <= a.last;
}

function sizeOf({ first, last }: IpRange): number {
  return Number(last - first) + 1;
}
