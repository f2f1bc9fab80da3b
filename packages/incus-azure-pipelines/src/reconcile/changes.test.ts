import { expect, test } from 'vitest';
import { aLife, anAgent, aRegistration, JOB, known, unknown } from '../../test/simulation/examples.js';
import type { Agent } from '../model/agent.js';
import { agentPoolsToRead, changesOf } from './changes.js';

test('tells who came, who changed and who is gone, and nobody else', () => {
  const before = [anAgent(0, 'idle'), anAgent(1, 'idle'), anAgent(2, 'busy')];
  const after = [anAgent(0, 'idle'), anAgent(1, 'draining'), anAgent(3, 'preparing')];
  expect([...changesOf(before, after)]).toEqual([
    { kind: 'phase', agent: after[1], from: 'idle' },
    { kind: 'phase', agent: after[2], from: undefined },
    { kind: 'gone', agent: before[2] },
  ]);
});

test.each<[string, Partial<Agent>, boolean]>([
  ['does not show', { registration: known(undefined) }, true],
  ['has not been read about', { registration: unknown() }, true],
  ['shows enabled: its disabling has Azure read', {}, false],
  ['shows disabled', { registration: known(aRegistration({ enabled: false })) }, false],
  [
    'does not show yet, while its id is known to us',
    { registration: known(undefined), life: aLife({ registeredAs: 7 }) },
    false,
  ],
  [
    'does not show since we deregistered it',
    { registration: known(undefined), life: aLife({ deregistered: true }) },
    false,
  ],
])('an agent that Azure %s has it read once when it is finished, or not', (_, given, isRead) => {
  const finished = anAgent(0, 'finished', { registration: known(aRegistration()), ...given });
  const keys = (before: readonly Agent[]) => agentPoolsToRead(before, [finished]);
  expect(keys([anAgent(0, 'starting')])).toEqual(isRead ? [finished.agentPool] : []);
  expect(keys([finished])).toEqual([]);
});

test('tells once that a job was taken, and once how it ended', () => {
  const idle = anAgent(0, 'idle');
  const busy = anAgent(0, 'busy', {
    registration: known(aRegistration({ assigned: JOB })),
    life: aLife({ requestId: 42 }),
  });
  const done = { ...JOB, result: 'failed' };
  const life = aLife({ requestId: 42, result: 'failed' });
  const ended = anAgent(0, 'busy', { registration: known(aRegistration({ completed: done })), life });
  expect([...changesOf([{ ...idle, phase: 'busy' }], [busy])]).toEqual([{ kind: 'job-taken', agent: busy, job: JOB }]);
  expect([...changesOf([busy], [busy])]).toEqual([]);
  expect([...changesOf([busy], [ended])]).toEqual([{ kind: 'job-ended', agent: ended, job: done }]);
  expect([...changesOf([ended], [ended])]).toEqual([]);
});

test('tells both of a job that nobody saw running', () => {
  const job = { ...JOB, result: 'succeeded' };
  const agent = anAgent(0, 'busy', { registration: known(aRegistration({ completed: job })) });
  expect([...changesOf([{ ...agent, life: aLife() }], [agent])].map(({ kind }) => kind)).toEqual([
    'job-taken',
    'job-ended',
  ]);
});

test('tells nothing of a job that was withdrawn before its agent took it', () => {
  const job = { ...JOB, received: false, result: 'canceled' };
  const agent = anAgent(0, 'idle', { registration: known(aRegistration({ completed: job })) });
  expect([...changesOf([agent], [agent])]).toEqual([]);
});
