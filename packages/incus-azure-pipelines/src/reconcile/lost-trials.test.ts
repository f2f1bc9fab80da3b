import { expect, test } from 'vitest';
import { aLife, anAgent, anInstance, NOW, nameOf } from '../../test/simulation/examples.js';
import type { Action, Plan } from '../model/action.js';
import type { Agent } from '../model/agent.js';
import { Ledger } from './ledger.js';
import { noteLostTrials } from './lost-trials.js';

const arithmetic = { target: 2, live: 2, prepared: 0, listening: 0, preparing: 0, waiting: undefined };
const plan: Plan = { actions: [], wakeAt: undefined, pools: new Map([['linux', { ...arithmetic, tries: 'new' }]]) };
const trial = anAgent(0, 'starting', { instance: anInstance({ base: 'new' }) });
const removal: Action = { kind: 'delete-instance', pool: 'linux', name: nameOf(0), reason: 'never came online' };

function noted(before: Agent, after: readonly Agent[], ledger = new Ledger()): string | undefined {
  noteLostTrials(ledger, { before: [before], after, at: NOW }, plan, () => 0.5);
  return ledger.failures.get('try-base/new')?.error;
}

test('a trial whose instance is gone has failed, for the reason of its deletion', () => {
  const ledger = new Ledger();
  ledger.started(removal);
  expect(noted(trial, [], ledger)).toBe('the instance that tried it is gone: never came online');
  expect(ledger.failures.get('try-base/new')).toMatchObject({ count: 1, retryAt: NOW + 60_000 });
});

test('a trial that went away by itself has failed too, though its registration is left', () => {
  const orphan = anAgent(0, 'orphan', { life: aLife() });
  expect(noted(trial, [orphan])).toBe(
    'the instance that tried it is gone: it went away by itself before its agent was online',
  );
});

test.each([
  ['one that is still there', trial, [trial]],
  ['one that was online', { ...trial, life: aLife({ seenOnline: true }) }, []],
  ['one that was seen online when it was gone', trial, [anAgent(0, 'orphan', { life: aLife({ seenOnline: true }) })]],
  ['one of another base', anAgent(0, 'starting'), []],
])('%s is no failure', (_, before, after) => {
  expect(noted(before, after)).toBeUndefined();
});

test('the first reason is kept, and each failure makes the next trial wait longer', () => {
  const ledger = new Ledger();
  ledger.trialFailed('new', NOW - 1_000, 'no OAuth', 0.5);
  expect(noted(trial, [], ledger)).toBe('no OAuth');
  ledger.trialFailed('new', NOW + 60_000, 'again', 0.5);
  expect(ledger.failures.get('try-base/new')).toMatchObject({ count: 2, retryAt: NOW + 180_000, error: 'again' });
});

test('a trial is forgiven when its base works, and not by a step that went well', () => {
  const ledger = new Ledger();
  ledger.trialFailed('new', NOW, 'no OAuth', 0.5);
  const create = { kind: 'create-instance', pool: 'linux', name: 'a', base: 'new', docker: false, reason: '' } as const;
  ledger.ended({ ...create, tries: 'new' }, NOW);
  expect(ledger.failures.size).toBe(1);
  ledger.ended({ kind: 'prove-base', pool: 'linux', base: 'new', provenFor: ['linux'], reason: '' }, NOW);
  expect(ledger.failures.size).toBe(0);
});

test('a step of a trial that fails holds back the base, and not the pool', () => {
  const ledger = new Ledger();
  const create = { kind: 'create-instance', pool: 'linux', name: 'a', base: 'new', docker: false, reason: '' } as const;
  ledger.failed({ ...create, tries: 'new' }, NOW, 'broken', 0.5);
  expect([...ledger.failures]).toMatchObject([['try-base/new', { retryAt: NOW + 60_000 }]]);
});
