import type { PoolStatus } from '../src/report/status-document.js';

/** The status of a pool that lacks nothing. */
export function aPoolStatus(given: Partial<PoolStatus> = {}): PoolStatus {
  return {
    name: 'linux',
    agentPool: 'agents',
    azure: { readable: true, since: 0 },
    registration: 'host',
    agentCount: 2,
    target: 2,
    wants: '2 agents at all times',
    reserve: 1,
    live: 2,
    prepared: 1,
    listening: 0,
    preparing: 0,
    drained: false,
    agents: [],
    decided: [],
    underWay: [],
    backingOff: [],
    ...given,
  };
}
