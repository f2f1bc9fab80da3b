/** Judges where frames and datagrams of the guests would go beyond this host. Pure. */

/** An interface, as far as `ip -json -details link show` is read. */
export interface Link {
  readonly ifname?: string;
  /** Of a pair whose other end is in another network namespace, as that of a guest is. */
  readonly link_netnsid?: number;
  readonly linkinfo?: { readonly info_kind?: string };
}

/** A route, as far as `ip -json route get` is read. */
export interface Route {
  readonly dev?: string;
  readonly gateway?: string;
}

/** Why what is sent on a bridge may reach others than guests; undefined where nothing but guests hangs on it. */
export function wayOut(bridge: Link | undefined, members: readonly Link[]): string | undefined {
  if (bridge?.linkinfo?.info_kind !== 'bridge')
    return 'the network of the guests is no bridge of their own: it leads to your own network';
  // Some `ip` prints an empty object for each interface that was not asked for.
  const leading = members.find(member => member.ifname !== undefined && !isOfGuest(member));
  return leading && `the bridge leads to your own network, by ${leading.ifname}`;
}

/** A container's, a virtual machine's, or that by which Incus sets the size of packets, which has no other end. */
function isOfGuest({ link_netnsid, linkinfo }: Link): boolean {
  const kind = linkinfo?.info_kind;
  return kind === 'tun' || kind === 'dummy' || (kind === 'veth' && link_netnsid !== undefined);
}

/**
 * Why a datagram to that route would not be seen where nobody answers; undefined where it would. Without a gateway the host first
 * asks the link who is there, and sends nothing else.
 */
export function unseenBy(route: Route | undefined): string | undefined {
  if (route?.gateway !== undefined) return undefined;
  return `this host has it on a link of its own, by ${route?.dev ?? 'no interface'}, where a word to nobody is not seen`;
}
