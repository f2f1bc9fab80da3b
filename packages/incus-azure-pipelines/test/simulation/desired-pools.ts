import type { PoolSpec } from '../../src/model/pool.js';
import { aPool } from './examples.js';
import { chosen } from './random.js';
import type { Scenario } from './scenario.js';
import { hoursOf } from './standby-hours.js';

/** The pools that the configuration of a world names at its beginning. */
export function desiredPools({ maxJobMs, pools, seed, shared }: Scenario): readonly PoolSpec[] {
  return pools.map((pool, index) =>
    aPool({
      ...pool,
      standby: mayBeEmpty(seed, pool) ? 0 : pool.standby,
      ...hoursOf(seed, pool),
      name: `pool-${index}`,
      timeouts: { ...aPool().timeouts, maxJobMs, idleMs: 10_000 },
      azure: { url: 'https://azure.test/org', agentPool: shared ? 'agents' : `agents-${index}` },
    }),
  );
}

/** In some worlds those that scale have no idle agent, be it at some hours only. */
function mayBeEmpty(seed: number, { agentCount, standby }: Scenario['pools'][number]): boolean {
  return chosen(seed, 'no standby', 5) === 0 && standby < agentCount;
}
