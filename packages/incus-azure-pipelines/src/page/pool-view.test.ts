import { expect, test } from 'vitest';
import { aPoolStatus as aPool } from '../../test/a-pool-status.js';
import { notesOf, standbyWords, tally, tryAgain } from './pool-view.js';

test('phases are counted in the order of a life', () => {
  const agents = (['busy', 'idle', 'busy', 'prepared'] as const).map((phase, n) => ({
    name: `a${n}`,
    phase,
    since: 0,
  }));
  expect(tally(agents)).toEqual([
    { phase: 'prepared', count: 1 },
    { phase: 'idle', count: 1 },
    { phase: 'busy', count: 2 },
  ]);
});

test('a pool that lacks nothing says nothing', () => {
  expect(notesOf(aPool(), 0)).toEqual([]);
});

test('what failed stands before what is waited for, with the time of the next try', () => {
  const backingOff = [{ action: 'create', on: 'linux', failures: 2, retryAt: 65_000, error: 'no space left' }];
  const failure = { action: 'create', error: 'no space left', retryAt: 65_000 };
  expect(notesOf(aPool({ backingOff, waiting: 'the base is being built' }), 0)).toEqual([
    { key: 'create/linux', kind: 'trouble', text: 'create of linux failed 2 times', failure },
    { key: 'waits', kind: 'waits', text: 'waits: the base is being built' },
  ]);
  expect([5_000, 65_000].map(now => tryAgain(65_000, now))).toEqual(['again in 1\u00a0min', 'again now']);
});

test('that the latest token is refused is told as trouble, though the one before is good still', () => {
  expect(notesOf(aPool({ tokenRefusedSince: 0 }), 0)).toEqual([
    expect.objectContaining({
      kind: 'trouble',
      text: expect.stringMatching(/^the token is refused since .*as it is good$/),
    }),
  ]);
});

test('many actions of one kind are one sentence', () => {
  const underWay = ['a', 'b'].map(on => ({ action: 'create', on, reason: 'reserve' }));
  expect(notesOf(aPool({ underWay }), 0)).toEqual([{ key: 'now/create', kind: 'does', text: 'now: create of 2' }]);
});

test('what waits in the queue is told by its reason, and an unread queue as trouble', () => {
  const requests = [1, 2].map(requestId => ({ requestId, job: 'build', since: 0 }));
  const waiting = [{ why: 'an agent is on its way for it', for: 'agent' as const, requests }];
  const queue = { followed: true, standby: 1, unread: { since: 0, error: 'no answer' }, waiting };
  expect(notesOf(aPool({ queue }), 0)).toEqual([
    expect.objectContaining({ kind: 'trouble', text: expect.stringMatching(/^the queue cannot be read .*no answer$/) }),
    expect.objectContaining({ kind: 'waits', text: '2 jobs queued: an agent is on its way for it', requests }),
  ]);
});

test('a standby that follows the clock is told with its hours, and for how long they are in force', () => {
  expect(standbyWords({ standby: 3, during: 'mon-fri 07:00 to 19:00, UTC', until: 5_400_000 }, 0)).toBe(
    '3 (mon-fri 07:00 to 19:00, UTC; for 1\u00a0h 30\u00a0min more)',
  );
  expect(standbyWords({ standby: 1, during: 'all other times' }, 0)).toBe('1 (all other times)');
});

test('a pool that was removed says what becomes of it', () => {
  const removed = { name: 'old', fate: 'jobs end', unread: false, agents: [], underWay: [], backingOff: [] };
  expect(notesOf(removed, 0)).toEqual([{ key: 'removed', kind: 'waits', text: 'not in the configuration: jobs end' }]);
});

test('a placeholder that is there is no trouble, and one that is not is waited for', () => {
  const name = 'placeholder_a1b2c3_0badcafe';
  const noteOf = (state: 'there' | 'missing') => notesOf(aPool({ placeholder: { name, state, why: 'so it is' } }), 0);
  expect(noteOf('there')).toEqual([{ key: 'placeholder', kind: 'does', text: 'placeholder there: so it is' }]);
  expect(noteOf('missing')).toEqual([{ key: 'placeholder', kind: 'waits', text: 'placeholder missing: so it is' }]);
});

test('what is worst stands first, however a pool comes to it', () => {
  const queue = { followed: true, standby: 1, unread: { since: 0, error: 'no answer' }, waiting: [] };
  const tokenExpiresAt = 20 * 86_400_000;
  const notes = notesOf(aPool({ queue, tokenExpiresAt, waiting: 'the base is being built', tries: 'base-2' }), 0);
  expect(notes.map(({ key, kind }) => [key, kind])).toEqual([
    ['queue', 'trouble'],
    ['expiry', 'waits'],
    ['waits', 'waits'],
    ['tries', 'does'],
  ]);
});
