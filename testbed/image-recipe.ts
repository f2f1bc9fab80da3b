/** What a stand-in for a distribution's stock image is made of. Its whole content is part of the cache's key. */
export interface ImageRecipe {
  readonly packages: readonly string[];
  /** Packages that are wanted where the distribution has them. */
  readonly optionalPackages: readonly string[];
  /** Absolute path in the image → content. */
  readonly files: Readonly<Record<string, string>>;
  readonly links: Readonly<Record<string, string>>;
  readonly enabledUnits: readonly string[];
  readonly maskedUnits: readonly string[];
}

/**
 * A small system with systemd, sudo, git and docker, which boots in well under a second.
 *
 * The time of a stock boot goes into waiting for an IPv6 link-local address, into caches that are rebuilt on a first
 * boot, and into units that have nothing to act on in a container. Those are off; logind, user sessions and hostnamed
 * stay, because jobs use them. udev stays too: without it networkd waits for the interface for ever. The timers of apt are
 * on, as in every stock image: a base has to turn them off.
 */
export const imageRecipe: ImageRecipe = {
  packages: [
    'systemd',
    'systemd-sysv',
    'systemd-resolved',
    'udev',
    'dbus',
    'iproute2',
    'sudo',
    'ca-certificates',
    'curl',
    'procps',
    'git',
    'iputils-ping',
    'libpam-systemd',
    'dbus-user-session',
    'docker.io',
    'iptables',
  ],
  // Where the first is missing, docker.io brings the command itself; of the others there is one of two.
  optionalPackages: ['docker-cli', 'docker-buildx', 'docker-buildx-plugin', 'docker-compose-v2', 'docker-compose'],
  files: {
    '/etc/systemd/network/10-eth0.network': [
      '[Match]',
      'Name=eth0',
      '[Network]',
      'DHCP=ipv4',
      'LinkLocalAddressing=no',
      'IPv6AcceptRA=no',
      '[DHCPv4]',
      'UseHostname=no',
      'UseDomains=yes',
      '',
    ].join('\n'),
    '/etc/systemd/journald.conf.d/volatile.conf': '[Journal]\nStorage=volatile\n',
    '/etc/systemd/system/systemd-udev-trigger.service.d/network-only.conf': [
      '[Service]',
      'ExecStart=',
      'ExecStart=-udevadm trigger --type=all --action=add --subsystem-match=net',
      '',
    ].join('\n'),
    '/etc/hosts': '127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n',
    '/etc/machine-id': '',
  },
  links: { '/etc/resolv.conf': '../run/systemd/resolve/stub-resolv.conf' },
  enabledUnits: ['systemd-networkd.service', 'systemd-resolved.service', 'docker.service'],
  maskedUnits: [
    'ldconfig.service',
    'systemd-journal-catalog-update.service',
    'systemd-journal-flush.service',
    'systemd-sysusers.service',
    'systemd-update-done.service',
    'systemd-networkd-persistent-storage.service',
    'systemd-network-generator.service',
    'systemd-modules-load.service',
    'modprobe@.service',
    'systemd-remount-fs.service',
    'systemd-pstore.service',
    'systemd-random-seed.service',
    'sys-kernel-debug.mount',
    'sys-kernel-tracing.mount',
    'sys-kernel-config.mount',
    'sys-fs-fuse-connections.mount',
    'dpkg-db-backup.timer',
    'fstrim.timer',
    'e2scrub_all.timer',
    'systemd-tmpfiles-clean.timer',
    'console-getty.service',
    'container-getty@.service',
    'getty@.service',
    'serial-getty@.service',
  ],
};
