import { describe, expect, test } from 'vitest';
import { aRegistration, JOB, known, NOW, nameOf, unknown } from '../../test/simulation/examples.js';
import type { Registration } from '../model/agent.js';
import type { Reading } from '../model/reading.js';
import { type Doubt, Doubts } from './doubts.js';

const doubt = {
  name: nameOf(0),
  pool: 'linux',
  tried: undefined,
  agentPool: 'agents',
  since: NOW,
  error: 'no OAuth',
  isTold: false,
  isBlamed: false,
};

/** What a doubt comes to by this reading: whether the agent was at work, or undefined for nothing yet. */
function verdict(reading: Reading<readonly Registration[]>): boolean | undefined {
  const doubts = new Doubts();
  doubts.add(doubt);
  return doubts.settle(new Map([['agents', reading]]))[0]?.wasAtWork;
}

test('a doubt waits for a reading that began after it', () => {
  expect(verdict(unknown())).toBeUndefined();
  expect(verdict(known([], NOW - 1))).toBeUndefined();
  expect(verdict(known([], NOW))).toBe(false);
});

test.each<[string, Partial<Registration>, boolean]>([
  ['that is online', {}, true],
  ['that has a job', { online: false, assigned: JOB }, true],
  ['whose job is over', { online: false, completed: JOB }, true],
  ['that never took its job', { online: false, completed: { ...JOB, received: false } }, false],
  ['that was never online', { online: false }, false],
  ['of another name', { name: nameOf(1) }, false],
])('an agent %s in Azure was at work, or not', (_, shown, expected) => {
  expect(verdict(known([aRegistration(shown)]))).toBe(expected);
});

test('the first doubt of an agent is the one, is settled once, and has Azure read once', () => {
  const doubts = new Doubts();
  doubts.add(doubt);
  doubts.add({ ...doubt, since: NOW + 9, error: 'later' });
  expect([doubts.takeAdded(), doubts.takeAdded()]).toEqual([['agents'], []]);
  const readings = new Map([['agents', known([])]]);
  expect(doubts.settle(readings)).toEqual([{ doubt, wasAtWork: false }]);
  expect(doubts.settle(readings)).toEqual([]);
});

describe('once an agent was found to have been at work', () => {
  const pool = 'short jobs';
  /** Whether a doubt has Azure read soon, `ms` after one of its pool was settled like that. */
  function hasRead(ms: number, given: Partial<Doubt>): boolean {
    const doubts = new Doubts();
    doubts.add({ ...doubt, pool });
    doubts.takeAdded();
    doubts.settle(new Map([['agents', known([aRegistration({ completed: JOB })])]]));
    doubts.add({ ...doubt, pool, name: nameOf(1), since: NOW + ms, ...given });
    return doubts.takeAdded().length > 0;
  }

  test('the next doubt of its pool waits for the reading that comes anyway, for ten minutes', () => {
    expect(hasRead(599_999, {})).toBe(false);
    expect(hasRead(600_000, {})).toBe(true);
  });

  test('one of another pool, and one that is waited for, have Azure read', () => {
    expect(hasRead(1, { pool: 'linux' })).toBe(true);
    expect(hasRead(1, { isBlamed: true })).toBe(true);
  });
});

test('what a guest says itself takes the place of what its end alone tells, and not the reverse', () => {
  const doubts = new Doubts();
  const told = { ...doubt, error: 'no OAuth', isTold: true };
  for (const one of [doubt, told, doubt]) doubts.add(one);
  expect(doubts.settle(new Map([['agents', known([])]]))).toEqual([{ doubt: told, wasAtWork: false }]);
});
