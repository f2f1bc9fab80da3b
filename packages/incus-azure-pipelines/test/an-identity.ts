import { systemClock } from '../src/lib/clock.js';
import { Identities } from '../src/lib/identity/identities.js';
import type { TokenSource } from '../src/lib/identity/identity.js';
import { Secret } from '../src/lib/secret.js';

/** Pools of these names that all have one personal access token. */
export function identitiesWith(token: string, ...pools: readonly string[]): Identities {
  const source: TokenSource = { kind: 'pat', isKept: false, ask: async () => ({ secret: new Secret(token) }) };
  return new Identities(new Map(pools.map(pool => [pool, source])), systemClock);
}
