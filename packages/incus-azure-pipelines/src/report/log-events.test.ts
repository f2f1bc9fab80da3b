import { pino } from 'pino';
import { expect, test } from 'vitest';
import { Events } from '../lib/events.js';
import type { Agent, AgentPhase } from '../model/agent.js';
import type { DaemonEvents } from '../model/event.js';
import { logEvents } from './log-events.js';

const name = 'ci1-abcdef-mwtyjqpi';
const collected = {
  name,
  pool: 'linux',
  memoryKills: 0,
  killsSeenByHost: true,
  wants: [],
  text: 'Prepared.\n',
  registrationError: 'register the agent: \u001b[1mno',
};

test('tells as an error why a guest could not register its agent', () => {
  const { events, lines } = logged();
  events.emit('log-collected', collected);
  expect(lines().filter(line => line.level === 50)).toMatchObject([
    { agent: name, pool: 'linux', error: 'register the agent: \\u001b[1mno', msg: 'the agent could not be registered' },
  ]);
});

test('tells no error of a guest that gave up nothing', () => {
  const { events, lines } = logged();
  events.emit('log-collected', { ...collected, registrationError: undefined });
  expect(lines().map(line => line.level)).toEqual([20]);
});

test.each(['idle', 'busy'] as const)(
  'does not believe the logs of a guest that was %s: its job may have written them',
  phase => {
    const { events, lines } = logged();
    events.emit('phase-changed', { agent: agentIn(phase), from: 'starting', at: 1 });
    events.emit('log-collected', collected);
    expect(lines().map(line => line.level)).toEqual([30, 20]);
  },
);

test('tells once that a token is refused which the one before covers, and again when that comes anew', () => {
  const { events, lines } = logged();
  for (const since of [1, undefined, 1, 9]) events.emit('token-covered', { pools: ['linux'], since });
  expect(lines()).toMatchObject(
    Array.from({ length: 2 }, () => ({
      level: 40,
      pools: ['linux'],
      msg: 'the token is refused, and the one before it is used as long as it is good',
    })),
  );
});

test('tells of an agent whose end could not be written down', () => {
  const { events, lines } = logged();
  events.emit('end-unwritten', { agent: agentIn('busy'), at: 1, error: 'ENOSPC: no space left on device' });
  expect(lines()).toMatchObject([{ level: 40, agent: name, error: 'ENOSPC: no space left on device' }]);
});

test('why an agent ended is one line, with nothing in it that a terminal obeys', () => {
  const { events, lines } = logged();
  const end = { reason: 'reaped', why: 'reaped: \u001b[1mno', memoryKills: 1, killsSeenByHost: true } as const;
  events.emit('agent-ended', { agent: agentIn('orphan'), ...end });
  expect(lines()).toMatchObject([
    { level: 30, agent: name, pool: 'linux', reason: 'reaped', why: 'reaped: \\u001b[1mno', memoryKills: 1 },
  ]);
});

test('that a job runs too long is a warning, with the time of its end', () => {
  const { events, lines } = logged();
  events.emit('job-overlong', { name, pool: 'linux', dueAt: Date.UTC(2030, 0, 1) });
  expect(lines()).toMatchObject([{ level: 40, agent: name, endsAt: '2030-01-01T00:00:00.000Z' }]);
});

function logged() {
  const written: string[] = [];
  const events = new Events<DaemonEvents>(error => {
    throw error;
  });
  logEvents(events, pino({ level: 'debug' }, { write: line => void written.push(line) }));
  return { events, lines: () => written.map(line => JSON.parse(line) as { readonly level: number }) };
}

function agentIn(phase: AgentPhase): Agent {
  return {
    name,
    pool: 'linux',
    agentPool: undefined,
    phase,
    since: 1,
    instance: undefined,
    registration: { known: true, value: undefined, at: 1 },
    life: {
      instanceSeen: true,
      activeSince: undefined,
      registeredAs: undefined,
      agentId: undefined,
      seenStarted: true,
      saidPrepared: false,
      saidFinished: false,
      seenOnline: true,
      requestId: undefined,
      result: undefined,
      requestSince: undefined,
      disbelieved: false,
      enablableUntil: undefined,
      quietDisabled: undefined,
      quietOffline: undefined,
      quietAbsent: undefined,
      quietUnassigned: undefined,
      deregistered: false,
      quietStopped: undefined,
    },
  };
}
