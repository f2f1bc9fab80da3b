import { beforeEach, describe, expect, test } from 'vitest';
import {
  aLife,
  anAgent,
  anObserved,
  aPool,
  JOB,
  known as knownReading,
  NOW,
  nameOf,
} from '../../test/simulation/examples.js';
import { formatStatus } from '../cli/format-status.js';
import { Events } from '../lib/events.js';
import type { Agent, AgentPhase, Life } from '../model/agent.js';
import type { DaemonEvents } from '../model/event.js';
import type { Death } from './death.js';
import { keepDeaths } from './deaths.js';
import { statusOf } from './status.js';
import { HOST_RESTART, INCUS_AWAY, NO_DAEMON } from './unseen-time.js';
import { followUnwrittenEnds } from './unwritten-ends.js';

const PLAN = { actions: [], wakeAt: undefined, pools: new Map() };
const job = { ...JOB, result: 'failed' };

let events: Events<DaemonEvents>;
let written: Death[];
/** Why agents ended, as it was told. */
let told: string[];
/** Names of those that an earlier daemon has written down. */
let known: Set<string>;
/** Whether the disk of the ledger is full. */
let isFull: boolean;

beforeEach(() => {
  written = [];
  told = [];
  known = new Set();
  isFull = false;
});

/** Begins to keep the ledger, as a daemon does before its first look. */
function keep({ restarted = false } = {}): void {
  const fail = (error: unknown) => {
    throw error;
  };
  const folder = {
    read: async (name: string) => (known.has(name) ? ({} as Death) : undefined),
    write: async (_: string, death: Death) => {
      if (isFull) throw new Error('ENOSPC: no space left on device');
      written.push(death);
    },
  };
  events = new Events(fail);
  keepDeaths(events, folder, { restarted });
  events.on('agent-ended', ({ reason, why }) => void told.push(`${reason}: ${why}`));
}

function agent(phase: AgentPhase, life: Partial<Life> = {}): Agent {
  return anAgent(0, phase, { life: aLife(life) });
}

function enters(phase: AgentPhase, at: number, life: Partial<Life> = {}): void {
  events.emit('phase-changed', { agent: agent(phase, life), from: undefined, at });
}

function looked(at: number): void {
  events.emit('pass-ended', { at });
}

function incusIs(isKnown: boolean): void {
  events.emit('reading-changed', { of: 'Incus', known: isKnown, error: isKnown ? undefined : 'away' });
}

describe('an agent that lived before our eyes', () => {
  beforeEach(() => {
    keep();
    looked(0);
  });

  test('is written down once, with its times, when its instance is gone', async () => {
    enters('idle', 1);
    enters('orphan', 2);
    events.emit('agent-gone', { agent: agent('orphan'), at: 3 });
    await settled();
    const createdAt = agent('idle').instance?.createdAt;
    expect(written).toMatchObject([{ createdAt, goneAt: 2, result: undefined, phases: [{ phase: 'idle', at: 1 }] }]);
  });

  test('gets added what Azure tells later of its job', async () => {
    enters('busy', 1);
    enters('finished', 2);
    enters('orphan', 3, { requestId: job.requestId });
    events.emit('job-ended', { agent: agent('orphan', { requestId: job.requestId }), job });
    await settled();
    expect(written.at(-1)).toMatchObject({
      goneAt: 3,
      why: 'its job is done',
      job: 'build',
      result: 'failed',
      waitedMs: 800,
    });
    expect(told).toEqual(['job-done: its job is done']);
  });

  test.each([
    [true, 2, 'its job is done; out of memory: the kernel killed 2 processes'],
    [false, 1, 'its job is done; by its own word out of memory: the kernel killed 1 process'],
    [true, 0, 'its job is done'],
  ])(
    'where the word of the host is %s, and %d processes were killed for memory, has ended so: %s',
    async (...given) => {
      const [killsSeenByHost, memoryKills, why] = given;
      enters('busy', 1);
      const collected = { text: 'x', memoryKills, killsSeenByHost, wants: [], registrationError: undefined };
      events.emit('log-collected', { name: nameOf(0), pool: 'linux', ...collected });
      enters('finished', 2);
      enters('orphan', 3, { requestId: job.requestId });
      await settled();
      expect(written).toMatchObject([{ why, memoryKills, killsSeenByHost, lastLines: 'x' }]);
    },
  );

  test('is said to have lacked what it did', async () => {
    enters('busy', 1);
    const of = {
      memoryKills: 0,
      killsSeenByHost: true,
      wants: ['processes', 'disk'],
      registrationError: undefined,
    } as const;
    events.emit('log-collected', { name: nameOf(0), pool: 'linux', text: '', ...of });
    enters('orphan', 2, { requestId: job.requestId });
    await settled();
    expect(written[0]?.why).toMatch(
      /; out of processes: the kernel started no more, by its limit or one set within; by its own word out of room on its disk$/,
    );
  });

  test('is told where its record cannot be written, and the next one is written all the same', async () => {
    const withUnwritten = followUnwrittenEnds(events);
    const status = statusOf([aPool()], { at: NOW, observed: anObserved([]), plan: PLAN }, () => undefined);
    expect(withUnwritten(status)).toEqual(status);
    isFull = true;
    enters('idle', 1);
    enters('orphan', NOW - 60_000);
    await settled();
    expect(formatStatus(withUnwritten(status), NOW)).toContain(
      'The end of an agent could not be written down, the last 60s ago: ENOSPC: no space left on device\n',
    );
    isFull = false;
    events.emit('phase-changed', { agent: anAgent(1, 'idle'), from: undefined, at: 3 });
    events.emit('phase-changed', { agent: anAgent(1, 'orphan'), from: 'idle', at: 4 });
    await settled();
    expect(written.map(({ name }) => name)).toEqual([nameOf(1)]);
  });

  test('did not end by what was done after its end', async () => {
    enters('idle', 1);
    enters('orphan', 2);
    const action = { kind: 'delete-registration', reason: 'its instance is gone', agentId: 1, agentPool: '' } as const;
    events.emit('action-started', { action: { ...action, pool: 'linux', name: nameOf(0) }, at: 3 });
    events.emit('job-taken', { agent: agent('orphan'), job: JOB });
    await settled();
    expect(written.map(({ why }) => why)).toEqual(['vanished while it was idle', 'vanished while it was idle']);
  });

  test('and that only tried the server leaves no record', async () => {
    const probe = anAgent(0, 'orphan', { name: 'probe-a1b2c3-mwtxpuqj' });
    events.emit('phase-changed', { agent: probe, from: undefined, at: 1 });
    await settled();
    expect(written).toEqual([]);
  });
});

describe.each([
  [false, NO_DAEMON.words],
  [true, HOST_RESTART.words],
])('an end before the first look of a daemon, where the restart of the host is %s,', (restarted, why) => {
  beforeEach(() => keep({ restarted }));

  test('is found where the registration alone is left', async () => {
    looked(0);
    enters('orphan', 5);
    await settled();
    expect(written).toMatchObject([{ why, goneAt: 5, phases: [] }]);
    expect(told).toEqual([`${restarted ? 'host-restart' : 'no-daemon'}: ${why}`]);
  });

  test('is found where the instance is there, and stopped', async () => {
    enters('idle', 1, { quietStopped: { from: 1, to: 1 } });
    looked(2);
    enters('stopped', 3, { quietStopped: { from: 1, to: 3 } });
    enters('orphan', 4);
    await settled();
    expect(written).toMatchObject([{ why, goneAt: 4 }]);
  });

  test('is not taken for one of an instance that only looked stopped', async () => {
    enters('idle', 1, { quietStopped: { from: 1, to: 1 } });
    looked(2);
    enters('busy', 3);
    enters('orphan', 4);
    await settled();
    expect(written[0]?.why).toMatch(/^vanished while it held a job/);
  });

  test('is not told again where the daemon before has told it', async () => {
    known.add(nameOf(0));
    enters('orphan', 1);
    await settled();
    expect([...written, ...told]).toEqual([]);
  });

  test('is that of its job where Azure says that the job is done', async () => {
    const completed = knownReading({ ...registrationOf(agent('busy')), assigned: undefined, completed: job });
    const ended = anAgent(0, 'orphan', { registration: completed, life: aLife({ requestId: job.requestId }) });
    events.emit('phase-changed', { agent: ended, from: undefined, at: 1 });
    await settled();
    expect(written).toMatchObject([{ why: 'its job is done', result: 'failed' }]);
  });
});

test('an agent that is gone, or stopped, when Incus can be read again is said to have ended meanwhile', async () => {
  keep();
  looked(0);
  enters('idle', 1);
  incusIs(false);
  looked(2);
  incusIs(true);
  events.emit('agent-gone', { agent: agent('idle'), at: 3 });
  looked(4);
  enters('idle', 5);
  enters('stopped', 6, { quietStopped: { from: 3, to: 6 } });
  enters('orphan', 7);
  events.emit('agent-gone', { agent: agent('orphan'), at: 8 });
  enters('idle', 9);
  enters('stopped', 10, { quietStopped: { from: 9, to: 10 } });
  enters('orphan', 11);
  await settled();
  expect(written.map(({ why }) => why)).toEqual([INCUS_AWAY.words, INCUS_AWAY.words, 'vanished while it was idle']);
});

function registrationOf({ registration }: Agent) {
  if (!registration.known || registration.value === undefined) throw new Error('the example has no registration');
  return registration.value;
}

function settled(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve));
}
