/** Judges a throw-away guest, and names the cause where the host shows one. Pure. */
import { parseRange } from '../lib/ip-ranges.js';
import { addressesOf, clashOf, closedSwitch, familyOf, inWords, letThrough } from './check-network.js';
import type { Blocker, GuestDocker, GuestFact, GuestFacts, GuestServer, HostFacts, NetworkFacts } from './facts.js';
import { type Finding, green, grey, red, yellow } from './finding.js';
import { areEnough } from './guest-scripts.js';
import type { LeftGuest } from './throw-away-guest.js';

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

/** Judges a guest, as far as it got. */
export function checkGuest(guest: GuestFact, around: Surroundings): Finding[] {
  if (!guest.known)
    return [
      guest.kind === 'lost' ? checkLost(guest.error) : checkUnmade(guest.error),
      ...['guest-address', 'guest-server', 'guest-docker'].map(check => grey(check, 'there is no guest')),
    ];
  const { value } = guest;
  return [
    green('guest-made', `a guest was made from ${value.from}`),
    checkAddress(value, around),
    checkBoot(value),
    ...value.servers.map(server => checkServer(server, value, around)),
    checkDocker(value),
  ];
}

/** Whether a guest reached every server that this host can connect to; undefined where that could not be tried. */
export function getsThrough(guest: GuestFact, reached: ReachedServers): boolean | undefined {
  if (!guest.known) return undefined;
  const there = guest.value.servers.filter(server => server.connects || reached.get(nameOf(server)) !== false);
  return there.length === 0 ? undefined : there.every(({ connects }) => connects);
}

function checkLost(error: string): Finding {
  return red('guest-made', {
    what: `a guest was made, and cannot be looked into: ${error}`,
    remedy: 'call "doctor" again; journalctl -u incus tells more',
  });
}

/** Guests of the doctor's that did not go. */
export function checkLeft(left: readonly LeftGuest[], project: string): Finding[] {
  return left.map(({ error, name }) =>
    yellow('guest-removed', {
      what: `guest ${name} is left: ${error}`,
      remedy: `delete it with: incus delete --force ${name} --project ${project}`,
    }),
  );
}

function checkUnmade(error: string): Finding {
  if (/reached maximum/i.test(error))
    return yellow('guest-made', {
      what: `there is no room for a guest to try: ${error}`,
      remedy: 'call "setup" again if the numbers of agents have grown, or try while fewer agents run',
    });
  if (/no space left|quota/i.test(error))
    return red('guest-made', {
      what: `the storage is full: ${error}`,
      remedy: 'make room in the storage pool: incus storage info',
    });
  return red('guest-made', { what: `no guest can be made: ${error}`, remedy: 'journalctl -u incus tells more' });
}

function checkBoot({ addresses, failedUnits, system }: GuestFacts): Finding {
  if (addresses.length === 0) return grey('guest-boot', 'its boot waits for a network');
  if (system === 'running') return green('guest-boot', 'it booted');
  if (system === 'degraded')
    return yellow('guest-boot', {
      what: `it booted, but units failed: ${failedUnits.join(', ') || 'unknown ones'}`,
      remedy:
        'mend or mask them in a provision script; the log of such a unit is in a guest: "shell", then journalctl -u UNIT',
    });
  return red('guest-boot', {
    what: `it did not boot in time: its systemd says "${system || 'nothing'}"`,
    remedy: 'look at its console: incus console --show-log; the kernel, AppArmor or a nested Incus may be in the way',
  });
}

function checkAddress({ addresses }: GuestFacts, { host, network }: Surroundings): Finding {
  const size = network && addressesOf(network.config);
  if (areEnough(addresses, size !== undefined)) return green('guest-address', `it has ${addresses.join(', ')}`);
  const bridge = network?.name;
  const none =
    addresses.length === 0 ? 'it gets no address' : `it has ${addresses.join(', ')}, and gets no IPv4 address`;
  const given = network?.leases;
  if (size !== undefined && given !== undefined && given >= size)
    return red('guest-address', {
      what: `${none}: all ${size} of network "${bridge}" are given out`,
      remedy: 'give the network a larger subnet or range (ipv4.address, ipv4.dhcp.ranges)',
    });
  const blocker = blockerOf(host, 'input');
  if (blocker !== undefined)
    return red('guest-address', {
      what: `${none}: ${inWords(blocker)}`,
      remedy: letThrough(blocker, bridge, host.uplink),
    });
  return red('guest-address', {
    what: `${none} by ${network !== undefined && familyOf(network) === 6 ? 'what the bridge advertises' : 'DHCP'}`,
    remedy: 'see that the dnsmasq of the bridge runs (incus network info), and that the image asks for an address',
  });
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

function noWay({ addresses, host: name, port }: GuestServer, { host, network }: Surroundings): Finding {
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
      remedy: 'call "setup" again, which looks them up anew',
    });
  return red('guest-server', {
    what,
    remedy:
      'see whether the host itself can, and what stands between guests and it; where a proxy leads there, name it under proxy',
  });
}

function blockerOf({ blockers, isIncusHost }: HostFacts, hook: Blocker['hook']): Blocker | undefined {
  return isIncusHost && blockers.known ? blockers.value.find(blocker => blocker.hook === hook) : undefined;
}

function checkDocker({ addresses, docker, from, hasBase }: GuestFacts): Finding {
  if (addresses.length === 0) return grey('guest-docker', 'docker waits for a network');
  if (docker === 'unwanted') return grey('guest-docker', 'no pool wants docker');
  if (docker === undefined) return grey('guest-docker', 'docker was not looked at');
  if (docker === 'lacking')
    return grey(
      'guest-docker',
      hasBase ? `docker is not in ${from}` : 'docker is shown once there is a base: "base build"',
    );
  return judgeDocker(docker);
}

function judgeDocker({ driver, ran }: GuestDocker): Finding {
  if (driver === undefined)
    return red('guest-docker', {
      what: `docker does not answer in the guest: ${ran}`,
      remedy:
        'see journalctl -u docker in a guest ("shell"); nesting must be allowed by the project: restricted.containers.nesting',
    });
  if (ran !== 'doctor')
    return red('guest-docker', {
      what: `docker answers in the guest, and a container in it does not run: ${ran}`,
      remedy: /ip_unprivileged_port_start|apparmor/i.test(ran)
        ? 'runc and AppArmor of this Incus do not fit: update Incus, or hold docker back'
        : 'see journalctl -u docker in a guest ("shell")',
    });
  if (driver !== 'overlay2')
    return red('guest-docker', {
      what: `a container runs in a guest, but docker stores images by ${driver} in place of overlay2`,
      remedy: 'use a storage pool that overlayfs works on: btrfs, zfs from 2.2, or a file system of its own',
    });
  return green('guest-docker', `a container runs in a guest (${driver})`);
}
