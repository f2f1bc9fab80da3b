import { expect, test } from 'vitest';
import { aLife, anAgent, JOB } from '../../test/simulation/examples.js';
import type { Action } from '../model/action.js';
import type { Agent, AgentPhase } from '../model/agent.js';
import { type Biography, did, seen, UNBORN } from './biography.js';
import { deathOf } from './death.js';
import { HOST_RESTART } from './unseen-time.js';

function agent(phase: AgentPhase, requestId?: number): Agent {
  return anAgent(0, phase, { life: aLife({ requestId }) });
}

/** What became of an agent: phases it was seen in, and deeds of ours in between. */
function lived(...events: readonly (AgentPhase | Action)[]): Biography {
  return events.reduce<Biography>(
    (biography, event, at) => (typeof event === 'string' ? seen(biography, agent(event), at) : did(biography, event)),
    UNBORN,
  );
}

function deed(kind: 'delete-instance' | 'delete-registration' | 'disable-agent', reason: string): Action {
  const common = { pool: 'linux', name: 'ci-abc123-mwtxpuqj', reason };
  return kind === 'delete-instance' ? { kind, ...common } : { kind, ...common, agentId: 7, agentPool: '' };
}

function whyOf(biography: Biography, requestId?: number): string {
  return deathOf(agent('orphan', requestId), biography, 9).why;
}

test.each([
  [lived('preparing', 'prepared', 'starting', 'idle', 'busy', 'finished'), 77, 'its job is done'],
  [lived('preparing', 'prepared', 'starting', 'finished', 'stopped'), 77, 'its job is done'],
  [
    lived('starting', 'idle', 'busy'),
    77,
    'vanished while it held a job: powered off or killed from within, deleted by somebody, or with its host',
  ],
  [lived('preparing', 'prepared', 'starting'), undefined, 'vanished before its agent was online'],
  [lived('preparing'), undefined, 'vanished before it was activated'],
  [lived('starting', 'idle'), undefined, 'vanished while it was idle'],
  [lived('idle', 'finished'), undefined, 'its agent ended without a job that Azure showed'],
])('says why an agent ended, from what was seen of it', (biography, requestId, why) => {
  expect(whyOf(biography, requestId)).toBe(why);
});

test.each([
  [
    lived('busy'),
    2,
    '; perhaps out of memory: the host killed 2 processes for want of it in the minute before, here or elsewhere',
  ],
  [
    lived('idle'),
    1,
    '; perhaps out of memory: the host killed a process for want of it in the minute before, here or elsewhere',
  ],
  [lived('busy', 'finished'), 2, ''],
  [{ ...lived('busy'), memoryKills: 2, killsSeenByHost: true }, 2, '; out of memory: the kernel killed 2 processes'],
])(
  'says what the host alone knows as a hint, of one that went before it could be asked',
  (biography, killsAround, hint) => {
    const plain = deathOf(agent('orphan', 77), { ...biography, memoryKills: 0 }, 9).why;
    expect(deathOf(agent('orphan', 77), { ...biography, killsAround }, 9).why).toBe(`${plain}${hint}`);
  },
);

test.each([
  [lived('preparing', deed('delete-instance', 'was not prepared in time')), 'reaped: was not prepared in time'],
  [
    lived(
      'starting',
      'offline',
      deed('disable-agent', 'offline too long'),
      'draining',
      deed('delete-registration', 'drained'),
    ),
    'reaped: offline too long',
  ],
  [
    lived('finished', deed('disable-agent', 'says that it is finished'), deed('delete-registration', 'no power-off')),
    'reaped: no power-off',
  ],
  [lived('idle', 'stopped', deed('delete-instance', 'stopped and still there')), 'reaped: stopped and still there'],
  [lived('prepared', deed('delete-instance', 'not needed any more')), 'deleted: not needed any more'],
])('names our own deed before anything the guest did', (biography, why) => {
  expect(whyOf(biography)).toBe(why);
});

test('names the deed that ended a job, and the one after a job', () => {
  const overlong = lived('busy', deed('disable-agent', 'has its one job'), deed('delete-instance', 'ran too long'));
  expect(whyOf(overlong, 77)).toBe('deleted: ran too long');
  const stuck = lived(
    'busy',
    'finished',
    deed('delete-registration', 'x'),
    deed('delete-instance', 'did not power off'),
  );
  expect(whyOf(stuck, 77)).toBe('reaped: did not power off');
});

test.each([
  ['idle', [deed('disable-agent', 'above target')], 'drained: above target'],
  ['starting', [deed('disable-agent', 'drained by a person')], 'drained: drained by a person'],
  ['idle', [], 'drained: somebody disabled it in Azure'],
  ['draining', [], 'drained: it was disabled before this daemon began'],
] as const)('tells a person who disabled an agent from ourselves', (first, disabling, why) => {
  const after = ['draining', deed('delete-registration', 'drained'), 'finished'] as const;
  const deletion = deed('delete-instance', 'finished, but did not power off');
  expect(whyOf(lived(first, ...disabling, ...after))).toBe(why);
  expect(whyOf(lived(first, ...disabling, ...after, deletion))).toBe(why);
});

test.each([
  ['succeeded', 'its job is done'],
  ['failed', 'its job is done'],
  ['abandoned', HOST_RESTART.words],
  [undefined, HOST_RESTART.words],
])('an end that nobody saw, after a job that ended as %s, is: %s', (result, why) => {
  const biography = { ...lived('busy', 'stopped', deed('delete-instance', 'stopped')), unseen: HOST_RESTART };
  expect(whyOf({ ...biography, job: { ...JOB, result } }, 77)).toBe(why);
});

test('one whose job Azure gave up before it was powered off is not said to have done it', () => {
  const biography = { ...lived('busy', 'finished'), job: { ...JOB, result: 'abandoned' } };
  expect(deathOf(agent('orphan', 77), biography, 9)).toMatchObject({
    reason: 'vanished-busy',
    why: 'vanished while it held a job, or was cut off from Azure, until Azure gave the job up',
  });
});

test('keeps the latest phases of an agent that wavers, and a deed that is tried again once', () => {
  const wavers = Array.from({ length: 200 }, (_, n) => (n % 2 === 0 ? 'idle' : 'offline') as AgentPhase);
  const { phases, deeds } = lived(...wavers, deed('disable-agent', 'first'), deed('disable-agent', 'again'));
  expect(phases).toHaveLength(64);
  expect(phases.at(-1)?.at).toBe(199);
  expect(deeds).toMatchObject([{ action: { reason: 'first' }, phase: 'offline' }]);
});
