import { describe, expect, test } from 'vitest';
import { aFailure, agentsIn, planned, targets } from '../../test/planned.js';
import { aLife, anAgent, anInstance, aPool, known, NOW, nameOf, unknown } from '../../test/simulation/examples.js';
import type { Action, Plan } from '../model/action.js';
import type { Agent, AgentPhase } from '../model/agent.js';
import type { Observed, RegistrationMode } from '../model/observed.js';
import type { PoolSpec } from '../model/pool.js';

const OLD = anInstance({ base: 'base-0', listeningAt: NOW - 3_000_000 });
const drained = { drained: new Set(['linux']) };

/** The plan of a pool whose reserve listens, and whose agents the host registers. */
function plannedFor(agents: readonly Agent[], spec: Partial<PoolSpec> = {}, given: Partial<Observed> = {}): Plan {
  const registration = new Map<string, RegistrationMode>([['linux', { kind: 'host' }]]);
  return planned(aPool({ reserve: 1, reserveListening: true, ...spec }), agents, { registration, ...given });
}

/** What is planned for each agent, by its number. */
function deeds(result: Plan): readonly string[] {
  return result.actions.flatMap(action => ('name' in action && !isCreation(action) ? [told(action)] : []));
}

function isCreation(action: Action): boolean {
  return action.kind === 'create-instance';
}

function told(action: Action & { readonly name: string }): string {
  const n = [0, 1, 2, 3, 4, 5].find(number => nameOf(number) === action.name);
  return `${action.kind} ${n}`;
}

/** A listening one that Azure has not shown online yet. */
function aLateOne(n: number): Agent {
  const agent = anAgent(n, 'listening');
  const registration = agent.registration.known ? agent.registration.value : undefined;
  return {
    ...agent,
    registration: known(registration && { ...registration, online: false }),
    life: aLife({ seenStarted: true }),
  };
}

describe('a listening reserve', () => {
  test.each<[string, AgentPhase[], Partial<PoolSpec>, string[]]>([
    ['is made of what is prepared and not needed', ['idle', 'idle', 'prepared'], {}, ['listen-agent 2']],
    ['waits until no place is empty', ['idle', 'prepared'], {}, ['activate-agent 1']],
    ['is no larger than the reserve', ['idle', 'idle', 'listening', 'prepared'], {}, ['delete-instance 3']],
    ['takes an empty place at once', ['idle', 'listening'], {}, ['enable-agent 1']],
    ['goes before what is only prepared', ['idle', 'prepared', 'listening'], {}, ['enable-agent 2', 'listen-agent 1']],
    ['takes as many as there are', ['prepared', 'listening'], {}, ['enable-agent 1', 'activate-agent 0']],
    [
      'is used up where it is not asked for any more',
      ['idle', 'listening'],
      { reserveListening: false },
      ['enable-agent 1'],
    ],
    ['is not made where it is not asked for', ['idle', 'idle', 'prepared'], { reserveListening: false }, []],
  ])('%s', (_, phases, spec, expected) => {
    expect(deeds(plannedFor(agentsIn(...phases), spec))).toEqual(expected);
  });

  test.each<[string, RegistrationMode]>([
    ['guests register', { kind: 'guest' }],
    ['it is not known who registers', { kind: 'probing', why: '' }],
  ])('is not made while %s', (_, mode) => {
    const registration = new Map([['linux', mode]]);
    expect(deeds(plannedFor(agentsIn('idle', 'idle', 'prepared'), {}, { registration }))).toEqual([]);
  });

  test('counts as reserve, and as no agent', () => {
    const result = plannedFor(agentsIn('idle', 'idle', 'listening'));
    expect(result.actions).toEqual([]);
    expect(result.pools.get('linux')).toMatchObject({ live: 2, prepared: 0, listening: 1 });
  });

  test('lets a prepared one go first before one that was not seen online', () => {
    const agents = [anAgent(0, 'idle'), aLateOne(1), anAgent(2, 'prepared')];
    expect(deeds(plannedFor(agents))).toEqual(['activate-agent 2']);
    expect(deeds(plannedFor(agents.slice(0, 2)))).toEqual(['enable-agent 1']);
  });

  test.each<[string, Partial<Agent>]>([
    ['was online and is not', { registration: aLateOne(1).registration }],
    ['Azure does not show', { registration: known(undefined) }],
    ['Azure was not read for', { registration: unknown() }],
    ['Incus cannot read', { instance: anInstance({ status: 'error', listeningAt: NOW }) }],
  ])('enables none that %s', (_, given) => {
    const result = plannedFor([anAgent(0, 'idle'), anAgent(1, 'listening', given)]);
    expect(targets(result, 'enable-agent')).toEqual([]);
  });

  test('counts one that is being enabled as an agent from the start', () => {
    const inFlight: Action[] = [{ kind: 'enable-agent', pool: 'linux', name: nameOf(1), agentId: 1, reason: '' }];
    const result = plannedFor(agentsIn('idle', 'listening', 'listening'), {}, { inFlight });
    expect(deeds(result)).toEqual([]);
    expect(result.pools.get('linux')).toMatchObject({ live: 2, listening: 1 });
  });

  test('counts one that is about to listen, and gives its place to no other', () => {
    const inFlight: Action[] = [{ kind: 'listen-agent', pool: 'linux', name: nameOf(1), agentVersion: '', reason: '' }];
    const result = plannedFor(agentsIn('idle', 'prepared', 'prepared'), {}, { inFlight });
    expect(deeds(result)).toEqual(['activate-agent 2']);
    expect(result.pools.get('linux')).toMatchObject({ listening: 1 });
  });

  test('activates what is prepared while enabling fails, and enables again in time', () => {
    const failures = new Map([['enable-agent/linux', aFailure(NOW + 500)]]);
    const result = plannedFor(agentsIn('idle', 'listening', 'prepared'), {}, { failures });
    expect(deeds(result)).toEqual(['activate-agent 2']);
    expect(result.wakeAt).toBe(NOW + 500);
  });

  test.each<[string, Partial<Agent>, Partial<Observed>, boolean]>([
    ['is of an old base', { instance: OLD }, {}, true],
    ['is not needed any more', {}, drained, true],
    ['is not needed, and Azure is unread', { registration: unknown() }, drained, false],
  ])('retires one that %s with the proof of a drain', (_, given, seen, isKnown) => {
    const quietDisabled = { from: NOW - 4_999, to: NOW };
    const life = aLife({ seenOnline: true, quietDisabled });
    const early = plannedFor([anAgent(0, 'listening', { life, ...given })], {}, seen);
    expect(deeds(early)).toEqual([]);
    const proven = { ...life, quietDisabled: { from: NOW - 5_000, to: NOW } };
    const late = plannedFor([anAgent(0, 'listening', { life: proven, ...given })], {}, seen);
    expect(deeds(late)).toEqual(isKnown ? ['delete-registration 0'] : []);
  });

  const { timeouts } = aPool();
  const offlineFor = (ms: number) => ({ from: NOW - ms, to: NOW });
  const quietDisabled = { from: NOW - 500_000, to: NOW };

  test('keeps one that is offline for its grace, and retires it then', () => {
    const lost = (ms: number) => {
      const life = aLife({ seenOnline: true, quietDisabled, quietOffline: offlineFor(ms) });
      const member = anAgent(2, 'listening', { life, registration: aLateOne(2).registration });
      return plannedFor([...agentsIn('idle', 'idle'), member]);
    };
    const early = lost(timeouts.offlineGraceMs - 1);
    expect([deeds(early), early.wakeAt]).toEqual([[], NOW + 1]);
    expect(deeds(lost(timeouts.offlineGraceMs))).toEqual(['delete-registration 2']);
  });

  test('keeps one that was never online for its grace, and retires it then', () => {
    const late = (ms: number, registration = aLateOne(2).registration) => {
      const life = aLife({ quietDisabled, quietOffline: offlineFor(500_000) });
      const quietAbsent = registration.known && registration.value ? undefined : offlineFor(500_000);
      const member = anAgent(2, 'listening', { life: { ...life, quietAbsent, activeSince: NOW - ms }, registration });
      return deeds(plannedFor([...agentsIn('idle', 'idle'), member]));
    };
    expect(late(timeouts.startupGraceMs - 1)).toEqual([]);
    expect(late(timeouts.startupGraceMs)).toEqual(['delete-registration 2']);
    expect(late(timeouts.startupGraceMs, known(undefined))).toEqual(['collect-log 2']);
  });

  test('enables none that a person drains', () => {
    const drainedAgents = new Set([nameOf(1)]);
    const life = aLife({ seenOnline: true, quietDisabled });
    const agents = [anAgent(0, 'idle'), anAgent(1, 'listening', { life })];
    expect(deeds(plannedFor(agents, {}, { drainedAgents }))).toEqual(['delete-registration 1']);
    expect(deeds(plannedFor(agentsIn('idle', 'listening'), {}, { drainedAgents }))).toEqual([]);
  });

  test('makes an agent of one that somebody enabled', () => {
    const enabled = anAgent(1, 'idle', { instance: anInstance({ listeningAt: NOW - 60_000 }) });
    expect(deeds(plannedFor([anAgent(0, 'idle'), enabled]))).toEqual(['enable-agent 1']);
  });
});
