/** Judges a throw-away guest, and names the cause where the host shows one. Pure. */
import { blockerOf, checkGuestServer, nameOf, type ReachedServers, type Surroundings } from './check-guest-server.js';
import { addressesOf, familyOf, inWords, letThrough } from './check-network.js';
import type { GuestDocker, GuestFact, GuestFacts } from './facts.js';
import { type Finding, green, grey, red, yellow } from './finding.js';
import { areEnough } from './guest-scripts.js';
import type { LeftGuest } from './throw-away-guest.js';

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
    ...value.servers.map(server => checkGuestServer(server, value, around)),
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
