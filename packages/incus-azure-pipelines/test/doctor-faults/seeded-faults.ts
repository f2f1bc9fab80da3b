import { AZURE_FAULTS } from './azure-faults.js';
import { DAEMON_FAULTS } from './daemon-faults.js';
import { type Fault, troublesIn } from './fault.js';
import { GUEST_FAULTS } from './guest-faults.js';
import { INCUS_FAULTS } from './incus-faults.js';
import { NETWORK_FAULTS } from './network-faults.js';

const GROUPS: readonly (readonly [title: string, faults: readonly Fault[]])[] = [
  ['Incus, its project, its storage and its host', INCUS_FAULTS],
  ['The network of guests, and the firewall of the host', NETWORK_FAULTS],
  ['A server, an agent pool, a token', AZURE_FAULTS],
  ['A guest', GUEST_FAULTS],
  ['The daemon', DAEMON_FAULTS],
];

/** All that the doctor is seen to find, by what it is about, each with what it finds then. */
export const SEEDED_FAULTS = GROUPS.map(([title, faults]) => ({
  title,
  cases: faults.map(([name, findings]) => ({ name, finds: troublesIn(findings) })),
}));
