import type { PoolSpec } from '../../src/model/pool.js';

/** A pool with nothing special about it. */
export function aPool(given: Partial<PoolSpec> = {}): PoolSpec {
  const agentCount = given.agentCount ?? 2;
  return {
    name: 'linux',
    azure: { url: 'https://azure.test/org', agentPool: 'agents' },
    agentCount,
    standby: agentCount,
    reserve: 0,
    agentPrefix: 'host',
    base: {
      image: { kind: 'local', alias: 'debian' },
      provisionScripts: [],
      docker: false,
      tmpfsSizeBytes: undefined,
      agentPackagePath: undefined,
    },
    instance: { cores: undefined, memoryBytes: undefined, diskSizeBytes: undefined, maxProcesses: undefined },
    environment: {},
    timeouts: {
      preparationMs: 30_000,
      startupGraceMs: 60_000,
      offlineGraceMs: 40_000,
      powerOffMs: 10_000,
      orphanGraceMs: 90_000,
    },
    ...given,
  };
}
