/** What lies behind the host on its own networks, and what guests are kept from, with an address of each that is likely nobody's. */
export const PRIVATE_PLACES = [
  { fact: 'a guest cannot reach a private network of class A', address: '10.214.214.2' },
  { fact: 'a guest cannot reach a private network of class B', address: '172.20.214.2' },
  { fact: 'a guest cannot reach a private network of class C', address: '192.168.214.2' },
  { fact: "a guest cannot reach a provider's network", address: '100.100.100.200' },
  { fact: 'a guest cannot reach the metadata of a cloud', address: '169.254.169.254' },
] as const;

/** Where the host itself is to be kept from guests, and the neighbour. */
export const OWN_BRIDGE_FACT = 'a guest cannot reach the host by its own bridge';
export const PUBLIC_ADDRESS_FACT = 'a guest cannot reach the host by a public address';
export const OTHER_BRIDGE_FACT = 'a guest cannot reach the host by the bridge of others';
export const NEIGHBOUR_FACT = 'a guest cannot reach a port of its neighbour';
