import { beforeEach, expect, test } from 'vitest';
import { aLife, anAgent, JOB } from '../../test/simulation/examples.js';
import { Events } from '../lib/events.js';
import type { Agent, AgentPhase } from '../model/agent.js';
import type { DaemonEvents } from '../model/event.js';
import type { Death } from './death.js';
import { keepDeaths } from './deaths.js';

const job = { ...JOB, result: 'failed' };

let events: Events<DaemonEvents>;
let written: Death[];

beforeEach(() => {
  written = [];
  const folder = { write: async (_: string, death: Death) => void written.push(death) };
  const fail = (error: unknown) => {
    throw error;
  };
  events = new Events(fail);
  keepDeaths(events, folder, fail);
});

function agent(phase: AgentPhase): Agent {
  return anAgent(0, phase, { life: aLife({ requestId: phase === 'orphan' ? job.requestId : undefined }) });
}

function enters(phase: AgentPhase, at: number): void {
  events.emit('phase-changed', { agent: agent(phase), from: undefined, at });
}

test('an agent whose instance is gone is written down once', async () => {
  enters('idle', 1);
  enters('orphan', 2);
  events.emit('agent-gone', { agent: agent('orphan'), at: 3 });
  await settled();
  expect(written).toMatchObject([{ goneAt: 2, result: undefined, phases: [{ phase: 'idle', at: 1 }] }]);
});

test('what Azure tells later of its job is added', async () => {
  enters('busy', 1);
  enters('finished', 2);
  enters('orphan', 3);
  events.emit('job-ended', { agent: agent('orphan'), job });
  await settled();
  expect(written.at(-1)).toMatchObject({
    goneAt: 3,
    why: 'its job is done',
    job: 'build',
    result: 'failed',
    waitedMs: 800,
  });
});

test('a guest that was out of memory is named as such', async () => {
  enters('busy', 1);
  events.emit('log-collected', {
    name: agent('busy').name,
    pool: 'linux',
    text: 'x',
    memoryKills: 2,
    registrationError: undefined,
  });
  enters('finished', 2);
  enters('orphan', 3);
  await settled();
  expect(written).toMatchObject([{ why: 'its job is done; it was out of memory', memoryKills: 2, lastLines: 'x' }]);
});

test('an agent that was never seen with an instance leaves no record', async () => {
  enters('orphan', 1);
  events.emit('job-ended', { agent: agent('orphan'), job });
  events.emit('agent-gone', { agent: agent('orphan'), at: 2 });
  await settled();
  expect(written).toEqual([]);
});

function settled(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve));
}
