import { describe, expect, test } from 'vitest';
import { aLife, anAgent, anInstance, nameOf } from '../../test/simulation/examples.js';
import type { Plan } from '../model/action.js';
import type { Agent, AgentPhase } from '../model/agent.js';
import { SHARES_IDS } from '../plan/own-ids.js';
import { NEVER_ONLINE, NOT_PREPARED, STOPPED_EARLY } from '../plan/reap.js';
import { vainEnds } from './vain-ends.js';

const arithmetic = { target: 2, live: 2, prepared: 0, listening: 0, preparing: 0, waiting: undefined };
const plan: Plan = { actions: [], wakeAt: undefined, pools: new Map([['linux', { ...arithmetic, tries: 'new' }]]) };
const more = `; "incus-azure-pipelines logs ${nameOf(0)}" tells more`;

/** What ended in vain between two pictures, where the instance is deleted by us for a reason, or by nobody. */
function ended(before: Agent, after: readonly Agent[], why?: string, activating: readonly string[] = []) {
  const whyEnded = (name: string) => (name === nameOf(0) ? why : undefined);
  return vainEnds({ before: [before], after }, plan, { whyEnded, activating: new Set(activating) })[0];
}

function unactivated(phase: AgentPhase, base = 'base-1'): Agent {
  return anAgent(0, phase, { instance: anInstance({ base, activatedAt: undefined }) });
}

describe('a trial of a base', () => {
  const trial = anAgent(0, 'starting', { instance: anInstance({ base: 'new' }) });

  test('whose instance is gone has failed, for the reason of its deletion', () => {
    const error = 'the instance that tried it is gone: drained by a person';
    expect(ended(trial, [], 'drained by a person')).toMatchObject({ tried: 'new', wasActivated: true, error });
    expect(ended(unactivated('preparing', 'new'), [], NOT_PREPARED)).toMatchObject({ wasActivated: false });
  });

  test('that went away by itself has failed too, though its registration is left', () => {
    const error = 'the instance that tried it is gone: it went away by itself before its agent was online';
    expect(ended(trial, [anAgent(0, 'orphan', { life: aLife() })])).toMatchObject({ tried: 'new', error });
  });

  test.each([
    ['that is still there', trial, [trial]],
    ['that has finished, until it is gone', trial, [{ ...trial, phase: 'finished' } as const]],
    ['that was online', { ...trial, life: aLife({ seenOnline: true }) }, []],
    ['that was seen online when it was gone', trial, [anAgent(0, 'orphan', { life: aLife({ seenOnline: true }) })]],
  ])('%s has not failed', (_, before, after) => {
    expect(ended(before, after)).toBeUndefined();
  });
});

describe('an agent that was never online', () => {
  const starting = anAgent(0, 'starting');
  const error = `agent ${nameOf(0)} ended before it was online${more}`;

  test.each<[string, Agent, readonly Agent[]]>([
    ['says that it is finished', starting, [anAgent(0, 'finished')]],
    ['has stopped', anAgent(0, 'listening'), [anAgent(0, 'stopped')]],
    ['is gone', starting, []],
    ['is gone, and its registration is not', starting, [anAgent(0, 'orphan', { life: aLife() })]],
  ])('has ended in vain when it %s', (_, before, after) => {
    expect(ended(before, after)).toMatchObject({ tried: undefined, wasActivated: true, error });
  });

  test('has ended in vain when it is gone before a reading shows that it was activated', () => {
    expect(ended(unactivated('prepared'), [], undefined, [nameOf(0)])).toMatchObject({ wasActivated: true, error });
  });

  test('has ended in vain when it is deleted since it never came online, and not for other reasons of ours', () => {
    expect(ended(starting, [], NEVER_ONLINE)?.error).toBe(`agent ${nameOf(0)} never came online${more}`);
    expect(ended(starting, [], 'drained by a person')).toBeUndefined();
  });

  test.each<[string, Agent, readonly Agent[]]>([
    ['is still starting', starting, [starting]],
    ['has been told of already', anAgent(0, 'finished'), []],
    [
      'had a job that a reading shows by now',
      starting,
      [anAgent(0, 'finished', { life: aLife({ seenOnline: true }) })],
    ],
  ])('has not ended in vain when it %s', (_, before, after) => {
    expect(ended(before, after)).toBeUndefined();
  });
});

describe('an instance that is no agent yet', () => {
  test.each<[AgentPhase, string | undefined, string]>([
    ['preparing', undefined, 'went away by itself before it was an agent'],
    ['prepared', undefined, 'went away by itself before it was an agent'],
    ['preparing', NOT_PREPARED, NOT_PREPARED],
    ['preparing', STOPPED_EARLY, STOPPED_EARLY],
  ])('and is gone while %s (deleted: %s) has ended in vain', (phase, why, told) => {
    const error = `instance ${nameOf(0)} ${told}${more}`;
    expect(ended(unactivated(phase), [], why)).toMatchObject({ tried: undefined, wasActivated: false, error });
  });

  test.each(['base-1', 'new'])(
    'has ended in vain, and has not tried a base, where it goes for its user ids (of %s)',
    base => {
      const why = `${SHARES_IDS} ${nameOf(1)}`;
      const error = `instance ${nameOf(0)} ${why}${more}`;
      expect(ended(unactivated('prepared', base), [], why)).toMatchObject({
        tried: undefined,
        wasActivated: false,
        error,
      });
    },
  );

  test('has not where it is still there, or is deleted for a reason of its pool', () => {
    expect(ended(unactivated('preparing'), [unactivated('prepared')])).toBeUndefined();
    expect(ended(unactivated('prepared'), [], 'not needed any more')).toBeUndefined();
  });
});
