import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { manualClock } from './clock.js';
import { createEmulation } from './emulation.js';
import { addAgent, deleteAgent, patchAgent } from './registrations.js';
import { cancelRequest, finishRequest, queueRequest, renewRequest } from './requests.js';
import { closeSession, openSession } from './sessions.js';
import type { Agent, JobRequest, State } from './state.js';
import type { World } from './world.js';

const MINUTE_MS = 60_000;
const DEEDS = [
  'register',
  'open',
  'close',
  'queue',
  'cancel',
  'renew',
  'finish',
  'disable',
  'enable',
  'delete',
] as const;

interface Act {
  readonly kind: (typeof DEEDS)[number];
  readonly pick: number;
}

interface Wait {
  readonly kind: 'wait';
  readonly minutes: number;
}

const deeds = fc.array(
  fc.oneof(
    { weight: 9, arbitrary: fc.record<Act>({ kind: fc.constantFrom(...DEEDS), pick: fc.nat(5) }) },
    { weight: 1, arbitrary: fc.record<Wait>({ kind: fc.constant('wait'), minutes: fc.integer({ min: 1, max: 6 }) }) },
  ),
  { maxLength: 60, size: 'max' },
);

describe('whatever is done to it', () => {
  it('an agent has one job at most, which names it, and every job that was given out ends', async () => {
    await fc.assert(
      fc.asyncProperty(deeds, async deeds => {
        const clock = manualClock();
        using emulation = createEmulation({ clock });
        const { world } = emulation;
        for (const deed of deeds) {
          if (deed.kind === 'wait') await clock.advance(deed.minutes * MINUTE_MS);
          else act(world, deed.kind, deed.pick);
          expectConsistent(world.state);
        }
        await clock.advance(12 * MINUTE_MS);
        const lost = [...world.state.requests.values()].filter(({ result, agentId }) => !result && agentId);
        expect(lost).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });
});

function act(world: World, kind: (typeof DEEDS)[number], pick: number): void {
  const agents = [...world.state.agents.values()];
  const agent: Agent | undefined = agents[pick % Math.max(agents.length, 1)];
  const unfinished = [...world.state.requests.values()].filter(({ result }) => result === undefined);
  const request: JobRequest | undefined = unfinished[pick % Math.max(unfinished.length, 1)];
  const pool = world.state.pools[0];
  if (kind === 'register' && pool !== undefined) {
    const name = `a${world.state.lastAgentId}`;
    addAgent(world, pool, { name, systemCapabilities: { 'Agent.Version': '4.275.0' } });
  }
  if (kind === 'queue') queueRequest(world, { steps: [{ script: 'true' }], timeoutInMinutes: 3 });
  if (agent !== undefined) {
    if (kind === 'open' && agent.session === undefined) openSession(world, agent, {});
    if (kind === 'close' && agent.session !== undefined) closeSession(world, agent.session);
    if (kind === 'disable' || kind === 'enable')
      patchAgent(world, agent, { enabled: kind === 'enable', maxParallelism: 1 });
    if (kind === 'delete' && agent.assignedRequestId === undefined) deleteAgent(world, agent);
  }
  if (request !== undefined) {
    if (kind === 'cancel') cancelRequest(world, request);
    if (kind === 'renew' && request.agentId !== undefined) renewRequest(world, request);
    if (kind === 'finish' && request.receivedAt !== undefined) finishRequest(world, request, 'succeeded');
  }
}

function expectConsistent(state: State): void {
  const running = [...state.requests.values()].filter(
    ({ result, agentId }) => result === undefined && agentId !== undefined,
  );
  const busy = [...state.agents.values()].filter(({ assignedRequestId }) => assignedRequestId !== undefined);
  expect(busy.map(({ id, assignedRequestId }) => `agent ${id}, job ${assignedRequestId}`).toSorted()).toEqual(
    running.map(({ id, agentId }) => `agent ${agentId}, job ${id}`).toSorted(),
  );
  const idle = [...state.agents.values()].filter(
    ({ enabled, session, assignedRequestId }) => enabled && session !== undefined && assignedRequestId === undefined,
  );
  const waiting = [...state.requests.values()].filter(
    ({ result, agentId }) => result === undefined && agentId === undefined,
  );
  expect(Math.min(idle.length, waiting.length)).toBe(0);
}
