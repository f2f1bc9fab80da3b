/**
 * Has copies do without IPv6 where the network of the build has none: to wait for a link-local address takes most of their boot.
 * It takes effect with the next boot, and where networkd has the interface. First argument: `ipv6` where copies are to have
 * it whatever was found, `as-found` where that is up to the network.
 */
export const ipv6Off = `file=$(networkctl status eth0 2>/dev/null | sed -n 's/^ *Network File: *//p')
if [ "$1" != ipv6 ] && [ -n "$file" ] && ! grep -Eq ' 00 [0-9a-f]{2} +eth0$' /proc/net/if_inet6 2>/dev/null; then
  folder=/etc/systemd/network/$(basename "$file").d
  mkdir -p "$folder"
  printf '[Network]\\nLinkLocalAddressing=no\\nIPv6AcceptRA=no\\n' >"$folder/iap.conf"
fi`;
