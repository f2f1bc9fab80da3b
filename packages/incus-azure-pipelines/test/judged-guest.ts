/** What the doctor says of a network, and of a guest on it, where all is well but for what a test spoils. */
import { checkGuest, getsThrough } from '../src/doctor/check-guest.js';
import { checkFirewall, checkNetwork } from '../src/doctor/check-network.js';
import type { GuestFact, GuestFacts, HostFacts, NetworkFacts } from '../src/doctor/facts.js';
import type { Finding } from '../src/doctor/finding.js';
import { aGuest, aHost, aNetwork, aProject } from './doctor-facts.js';

export const MOST = 8;

export interface Given {
  readonly guest?: Partial<GuestFacts> | string;
  readonly host?: Partial<HostFacts>;
  readonly network?: Partial<NetworkFacts>;
  /** Whether this host reaches the server; undefined where it did not try. */
  readonly hostReaches?: boolean;
}

/** Everything that is judged of the network and of a guest on it. */
export function judged(given: Given): readonly Finding[] {
  const host = aHost(given.host);
  const network = aNetwork(given.network);
  const reached = new Map([
    ['dev.azure.com:443', given.hostReaches ?? true],
    ['vssps.dev.azure.com:443', true],
  ]);
  const guest: GuestFact =
    typeof given.guest === 'string'
      ? { known: false, error: given.guest, kind: 'unmade' }
      : { known: true, value: aGuest(given.guest) };
  return [
    ...checkNetwork(aProject({ network }), host, MOST),
    ...checkGuest(guest, { host, network, reached }),
    checkFirewall(host, getsThrough(guest, reached), network.name),
  ];
}
