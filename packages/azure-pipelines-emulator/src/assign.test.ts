import { describe, expect, it } from 'vitest';
import { assignments, type Candidate } from './assign.js';

const request = { id: 1, poolId: 1, demands: ['docker'] };

describe('a waiting job', () => {
  it('goes to a free agent that meets its demands', () => {
    const agents = [agent(1, { systemCapabilities: {} }), agent(2)];
    expect(assignments([request], agents)).toEqual([{ requestId: 1, agentId: 2 }]);
  });

  it.each([
    ['is offline', { session: undefined }],
    ['is about to leave', { session: { leaving: true } }],
    ['is disabled', { enabled: false }],
    ['is allowed no job', { maxParallelism: 0 }],
    ['has a job', { assignedRequestId: 9 }],
    ['is of another pool', { poolId: 2 }],
    ['does not meet its demands', { systemCapabilities: { java: '' } }],
  ])('does not go to an agent that %s', (_why, change) => {
    expect(assignments([request], [agent(1, change)])).toEqual([]);
  });

  it('waits when there are more jobs than agents, the oldest going first', () => {
    const later = { ...request, id: 2 };
    expect(assignments([later, request], [agent(1)])).toEqual([{ requestId: 1, agentId: 1 }]);
  });

  it('waits when no more may run, whoever is free', () => {
    const [first, second] = [request, { ...request, id: 2 }];
    expect(assignments([second, first], [agent(1), agent(2)], 1)).toEqual([{ requestId: 1, agentId: 1 }]);
    expect(assignments([first], [agent(1)], 0)).toEqual([]);
  });

  it('goes to the agent that has been online longest', () => {
    const agents = [agent(1, { onlineAt: 20 }), agent(2, { onlineAt: 10 })];
    expect(assignments([request], agents)).toEqual([{ requestId: 1, agentId: 2 }]);
  });
});

function agent(id: number, change: Partial<Candidate> = {}): Candidate {
  return {
    id,
    poolId: 1,
    enabled: true,
    maxParallelism: 1,
    session: { leaving: false },
    systemCapabilities: { docker: '' },
    userCapabilities: {},
    ...change,
  };
}
