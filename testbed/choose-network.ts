/** An IPv4 network: its first address as a number, and the length of its prefix. */
export interface Ipv4Network {
  readonly address: number;
  readonly prefixLength: number;
}

/** Every bridge of the testbed bears this prefix, so that what a crash left behind is recognised. */
export const bridgePrefix = 'iaptb';

/**
 * Chooses a free `10.x.y.0/24` and returns its gateway, `10.x.y.1`.
 *
 * @param taken networks the host has addresses in or routes to, a default route excepted.
 * @param random numbers in [0, 1), so that runs started at the same moment rarely meet.
 * @throws Error when no network is free.
 */
export function chooseGateway(taken: readonly Ipv4Network[], random: () => number): string {
  const count = 256 * 256;
  const first = Math.floor(random() * count);
  for (let step = 0; step < count; step++) {
    const index = (first + step) % count;
    const candidate = { address: 10 * 2 ** 24 + index * 256, prefixLength: 24 };
    if (!taken.some(network => overlap(network, candidate))) {
      return `10.${Math.floor(index / 256)}.${index % 256}.1`;
    }
  }
  throw new Error('choose a subnet for the bridge: every 10.x.y.0/24 is in use on this host');
}

/** Chooses an interface's name that none has; with its prefix of at most nine characters it keeps to the kernel's 15. */
export function chooseInterface(prefix: string, taken: readonly string[], random: () => number): string {
  for (;;) {
    const name = `${prefix}${Math.floor(random() * 36 ** 6)
      .toString(36)
      .padStart(6, '0')}`;
    if (!taken.includes(name)) return name;
  }
}

/** Parses `10.1.2.0/24`, `10.1.2.3` (as a /32) or `default`, which is no network anyone could meet: undefined. */
export function parseIpv4Network(text: string): Ipv4Network | undefined {
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)(?:\/(\d+))?$/.exec(text);
  if (match === null) return undefined;
  const [a = 0, b = 0, c = 0, d = 0] = match.slice(1, 5).map(Number);
  const prefixLength = match[5] === undefined ? 32 : Number(match[5]);
  if (prefixLength === 0) return undefined;
  return { address: a * 2 ** 24 + b * 2 ** 16 + c * 256 + d, prefixLength };
}

/** Tells whether two networks share an address. */
export function overlap(left: Ipv4Network, right: Ipv4Network): boolean {
  const sizeOfLarger = 2 ** (32 - Math.min(left.prefixLength, right.prefixLength));
  return Math.floor(left.address / sizeOfLarger) === Math.floor(right.address / sizeOfLarger);
}
