import { describe, expect, test } from 'vitest';
import { reapedKinds as kinds, reaped } from '../../test/reaped.js';
import { aLife, anAgent, aRegistration, JOB, known, NOW, nameOf, unknown } from '../../test/simulation/examples.js';
import type { Agent, Life } from '../model/agent.js';

describe('an agent with a job', () => {
  test('is disabled once it has taken it', () => {
    expect(reaped(anAgent(3, 'busy')).actions).toMatchObject([{ kind: 'disable-agent', agentId: 3 }]);
  });

  test('is not disabled before it has taken it', () => {
    const assigned = { ...JOB, received: false };
    expect(kinds(anAgent(0, 'busy', { registration: known(aRegistration({ assigned })) }))).toEqual([]);
  });
});

describe('an agent that is over before a reading shows its registration', () => {
  const over = (life: Partial<Life> = {}, given: Partial<Agent> = {}) =>
    anAgent(3, 'finished', {
      since: NOW,
      registration: known(undefined),
      life: aLife({ saidFinished: true, registeredAs: 7, ...life }),
      ...given,
    });
  const disablings = (agent: Agent, disabled: ReadonlyMap<string, string> = new Map()) =>
    reaped(agent, { disabled, collected: new Set([agent.name]) }).actions;

  test.each(['finished', 'orphan'] as const)('is disabled by the id that the host gave it: %s', phase => {
    expect(disablings(over({}, { phase }))).toMatchObject([{ kind: 'disable-agent', agentId: 7 }]);
  });

  test('is disabled once', () => {
    expect(disablings(over(), new Map([[nameOf(3), 'says that it is finished']]))).toEqual([]);
  });

  test.each<[string, Partial<Life>, Partial<Agent>]>([
    ['its guest registered it', { registeredAs: undefined }, {}],
    ['its guest was believed once too often', { disbelieved: true }, {}],
    ['we have deregistered it', { deregistered: true }, {}],
    ['Azure is unread', {}, { registration: unknown() }],
  ])('is not where %s', (_, life, given) => {
    expect(disablings(over(life, given))).toEqual([]);
  });
});
