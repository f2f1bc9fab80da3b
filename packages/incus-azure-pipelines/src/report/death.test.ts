import { expect, test } from 'vitest';
import type { Action } from '../model/action.js';
import type { Agent, AgentPhase } from '../model/agent.js';
import { type Biography, deathOf, seen, UNBORN } from './death.js';

function agent(phase: AgentPhase, requestId?: number): Agent {
  return {
    name: 'ci-abc123-mwtxpuqj',
    pool: 'linux',
    agentPool: undefined,
    phase,
    since: 0,
    instance: undefined,
    registration: { known: false, error: 'away', since: 0 },
    life: {
      instanceSeen: true,
      activeSince: undefined,
      agentId: undefined,
      seenStarted: true,
      rangPreparedAt: undefined,
      saidPrepared: false,
      saidFinished: false,
      seenOnline: true,
      requestId,
      result: undefined,
      requestSince: undefined,
      disbelieved: false,
      enablableUntil: undefined,
      quietDisabled: undefined,
      quietOffline: undefined,
      quietAbsent: undefined,
      deregistered: false,
      quietStopped: undefined,
    },
  };
}

function lived(...phases: AgentPhase[]): Biography {
  return phases.reduce((biography, phase, at) => seen(biography, agent(phase), at), UNBORN);
}

function deed(kind: 'delete-instance' | 'delete-registration', reason: string): Action {
  const common = { pool: 'linux', name: 'ci-abc123-mwtxpuqj', reason };
  return kind === 'delete-instance' ? { kind, ...common } : { kind, ...common, agentId: 7, agentPool: '' };
}

test.each([
  [lived('preparing', 'prepared', 'starting', 'idle', 'busy', 'finished'), 77, 'its job is done'],
  [lived('preparing', 'prepared', 'starting', 'finished', 'stopped'), 77, 'its job is done'],
  [
    lived('starting', 'idle', 'busy'),
    77,
    'went away while it held a job: powered off or killed from within, or with its host',
  ],
  [lived('preparing', 'prepared', 'starting'), undefined, 'went away before its agent was online'],
  [lived('preparing'), undefined, 'went away before it was activated'],
  [lived('starting', 'idle'), undefined, 'went away while it was idle'],
  [lived('idle', 'finished'), undefined, 'its agent ended without a job that Azure showed'],
])('says why an agent ended, from what was seen of it', (biography, requestId, why) => {
  expect(deathOf(agent('orphan', requestId), biography, 9).why).toBe(why);
});

test('names our own deed before anything the guest did', () => {
  const deleted = { ...lived('starting', 'offline'), deeds: [deed('delete-instance', 'offline too long')] };
  expect(deathOf(agent('orphan'), deleted, 9).why).toBe('deleted: offline too long');
});

test('tells a drained agent from one that ended by itself', () => {
  const drained = { ...lived('idle', 'draining', 'finished'), deeds: [deed('delete-registration', 'above target')] };
  expect(deathOf(agent('orphan'), drained, 9).why).toBe('retired: above target');
});
