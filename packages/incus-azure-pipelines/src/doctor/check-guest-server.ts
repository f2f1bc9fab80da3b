/** Judges what a guest makes of a server, and names the cause where the host shows one. Pure. */
import { parseRange } from '../lib/ip-ranges.js';
import { clashOf, closedSwitch, inWords, letThrough } from './check-network.js';
import type { Blocker, GuestFacts, GuestServer, HostFacts, NetworkFacts } from './facts.js';
import { type Finding, green, grey, red, yellow } from './finding.js';

/** What the causes of a guest's troubles are looked for in. */
export interface Surroundings {
  readonly host: HostFacts;
  readonly network: NetworkFacts | undefined;
  readonly reached: ReachedServers;
}

/** Whether this host can connect to a server, by its {@link nameOf}; those that it did not try are not in it. */
export type ReachedServers = ReadonlyMap<string, boolean>;

/** A server and its port. */
export function nameOf({ host, port }: Pick<GuestServer, 'host' | 'port'>): string {
  return `${host}:${port}`;
}

/** Judges one server. Another host where agents sign in is a finding of its own: the configuration does not name it, so that firewalls forget it. */
export function checkGuestServer(server: GuestServer, guest: GuestFacts, around: Surroundings): Finding {
  const finding = checkServer(server, guest, around);
  const { signIn } = server;
  if (signIn === undefined) return finding;
  const about = { ...finding, check: 'guest-sign-in', says: `agents sign in at ${signIn}: ${finding.says}` };
  // What this host does not reach either is not kept from guests alone.
  if (finding.colour !== 'red' || around.reached.get(nameOf(server)) === false) return about;
  return { ...about, remedy: `let guests through to ${signIn} as to azure.url; ${finding.remedy}` };
}

function checkServer(server: GuestServer, guest: GuestFacts, around: Surroundings): Finding {
  const { addresses, connects, host: name, http, port } = server;
  const check = 'guest-server';
  if (guest.addresses.length === 0) return grey(check, `${name} cannot be reached without an address`);
  if (!connects && around.reached.get(nameOf(server)) === false) return nobodyReaches(server);
  if (addresses.length === 0) return noName(name, around);
  if (!connects) return noWay(server, around);
  if (http !== undefined && 'complaint' in http)
    return red(check, {
      what: `a guest reaches ${name}:${port}, and cannot speak with it: ${http.complaint}`,
      remedy: /\b407\b/.test(http.complaint)
        ? 'correct proxy.user and proxy.password: the proxy does not take them'
        : /certificate/i.test(http.complaint)
          ? 'name the authority of its certificate under caCertificates, and build the base anew'
          : 'something between may change what is sent: a proxy, or a small MTU',
    });
  if (http?.status === 407)
    return yellow(check, {
      what: `a guest reaches ${name}:${port}, and a proxy in between wants to know who it is (407)`,
      remedy: 'name it under proxy in the configuration, with its user and password',
    });
  if (http !== undefined && http.status >= 500)
    return yellow(check, {
      what: `a guest reaches ${name}:${port}, which answers ${http.status}`,
      remedy: 'if the checks of Azure are green, something between guests and it answers; else wait: the server is ill',
    });
  return green(check, `a guest reaches ${name}:${port}${http === undefined ? '' : `, which answers ${http.status}`}`);
}

function nobodyReaches(server: GuestServer): Finding {
  const tried = server.addresses.length === 0 ? `look up ${server.host}` : `connect to ${nameOf(server)}`;
  return red('guest-server', {
    what: `a guest cannot ${tried}, and this host cannot connect to it either`,
    remedy:
      'mend that first: its name, its address, a firewall beyond this host; where a proxy leads there, name it under proxy',
  });
}

function noName(name: string, { host, network }: Surroundings): Finding {
  const blocker = blockerOf(host, 'input');
  const cause = blocker === undefined ? undefined : inWords(blocker);
  return red('guest-server', {
    what: `a guest cannot look up ${name}${cause === undefined ? '' : `: ${cause}`}`,
    remedy:
      blocker === undefined
        ? 'see that the host itself can (getent hosts), and that its name server is not one on loopback that the bridge cannot ask'
        : letThrough(blocker, network?.name, host.uplink),
  });
}

function noWay({ addresses, host: name, port, signIn }: GuestServer, { host, network }: Surroundings): Finding {
  const what = `a guest cannot connect to ${name}:${port}`;
  const subnet = parseRange(network?.config['ipv4.address'] ?? '');
  const clash = network && host.isIncusHost ? clashOf(network, host) : undefined;
  const isWithin = (address: string) => {
    const at = parseRange(address);
    return (
      at !== undefined &&
      subnet !== undefined &&
      at.family === subnet.family &&
      at.first >= subnet.first &&
      at.first <= subnet.last
    );
  };
  if (clash !== undefined && addresses.some(isWithin))
    return red('guest-server', {
      what: `${what}: its address lies in the subnet of network "${network?.name}", which overlaps what the host reaches by ${clash.interface}`,
      remedy: 'choose another subnet for the guests: network.address and "setup"',
    });
  const closed = host.isIncusHost ? closedSwitch(network, host) : undefined;
  if (closed !== undefined)
    return red('guest-server', {
      what: `${what}: the host passes no packets on`,
      remedy: `sysctl -w ${closed}=1`,
    });
  const blocker = blockerOf(host, 'forward');
  if (blocker !== undefined)
    return red('guest-server', {
      what: `${what}: ${inWords(blocker)}`,
      remedy: letThrough(blocker, network?.name, host.uplink),
    });
  if (network?.config['security.acls'])
    return red('guest-server', {
      what: `${what}: the rules of network "${network.name}" may lack its addresses, which are ${addresses.join(', ')} now`,
      remedy:
        signIn === undefined
          ? 'call "setup" again, which looks them up anew'
          : 'if they are private, name it under network.allow and call "setup" again',
    });
  return red('guest-server', {
    what,
    remedy:
      'see whether the host itself can, and what stands between guests and it; where a proxy leads there, name it under proxy',
  });
}

/** The chain that keeps away what passes a hook, where this host shows one. */
export function blockerOf({ blockers, isIncusHost }: HostFacts, hook: Blocker['hook']): Blocker | undefined {
  return isIncusHost && blockers.known ? blockers.value.find(blocker => blocker.hook === hook) : undefined;
}
