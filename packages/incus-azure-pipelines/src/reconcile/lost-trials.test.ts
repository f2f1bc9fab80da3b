import { expect, test } from 'vitest';
import { aLife, anAgent, anInstance, nameOf } from '../../test/simulation/examples.js';
import type { Plan } from '../model/action.js';
import type { Agent } from '../model/agent.js';
import { lostTrials } from './lost-trials.js';

const arithmetic = { target: 2, live: 2, prepared: 0, listening: 0, preparing: 0, waiting: undefined };
const plan: Plan = { actions: [], wakeAt: undefined, pools: new Map([['linux', { ...arithmetic, tries: 'new' }]]) };
const trial = anAgent(0, 'starting', { instance: anInstance({ base: 'new' }) });

function lost(before: Agent, after: readonly Agent[], why?: string): string | undefined {
  const [found] = lostTrials({ before: [before], after }, plan, name => (name === nameOf(0) ? why : undefined));
  expect(found?.tried ?? 'new').toBe('new');
  return found?.error;
}

test('a trial whose instance is gone has failed, for the reason of its deletion', () => {
  expect(lost(trial, [], 'never came online')).toBe('the instance that tried it is gone: never came online');
});

test('a trial that went away by itself has failed too, though its registration is left', () => {
  const orphan = anAgent(0, 'orphan', { life: aLife() });
  expect(lost(trial, [orphan])).toBe(
    'the instance that tried it is gone: it went away by itself before its agent was online',
  );
});

test.each([
  ['one that is still there', trial, [trial]],
  ['one that was online', { ...trial, life: aLife({ seenOnline: true }) }, []],
  ['one that was seen online when it was gone', trial, [anAgent(0, 'orphan', { life: aLife({ seenOnline: true }) })]],
  ['one of another base', anAgent(0, 'starting'), []],
])('%s is no failure', (_, before, after) => {
  expect(lost(before, after)).toBeUndefined();
});
