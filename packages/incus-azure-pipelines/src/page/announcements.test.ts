import { expect, test } from 'vitest';
import { aPoolStatus } from '../../test/a-pool-status.js';
import type { PoolStatus, StatusDocument } from '../report/status-document.js';
import { announced, SILENCE } from './announcements.js';

function aStatus(pool: Partial<PoolStatus>, given: Partial<StatusDocument> = {}): StatusDocument {
  return {
    at: 0,
    owner: 'a1b2c3',
    incus: { readable: true, since: 0 },
    pools: [aPoolStatus(pool)],
    removed: [],
    ...given,
  };
}

const failing = (on: string, failures = 1) => ({ action: 'create', on, failures, retryAt: 9, error: 'no space left' });
const FINE = aStatus({});

/** What is told by these statuses, one after the other. */
function told(...statuses: readonly StatusDocument[]): string[] {
  const { lines } = statuses.reduce((before, status) => announced(before, status, 0), SILENCE);
  return lines.map(({ isUrgent, text }) => `${isUrgent ? '! ' : ''}${text}`);
}

test('trouble is told when it begins and when it is over, and not again while it lasts', () => {
  const failed = (times: number) => aStatus({ backingOff: [failing('linux', times)] });
  expect(told(FINE, failed(1), failed(2), failed(3))).toEqual(['linux: create of linux failed once: no space left']);
  expect(told(failed(1), failed(2), FINE, failed(1))).toEqual([
    'linux: create of linux failed once: no space left',
    'over: linux: create of linux failed once: no space left',
    'linux: create of linux failed once: no space left',
  ]);
});

test('what fails for many agents of a pool is told as one', () => {
  const backingOff = ['a', 'b', 'c'].map(on => failing(on));
  expect(told(aStatus({ backingOff }))).toEqual(['linux: create of a failed once: no space left']);
  expect(told(aStatus({ backingOff }), aStatus({ backingOff: backingOff.slice(1) }))).toHaveLength(1);
});

test('that Azure or Incus cannot be read is told at once, and its end when there is a pause', () => {
  const unread = { readable: false, since: 0, error: 'no answer' };
  expect(told(aStatus({ azure: unread }), aStatus({}, { incus: unread }))).toEqual([
    expect.stringMatching(/^! linux: Azure cannot be read since .*: no answer$/),
    '! Incus cannot be read: no answer',
    expect.stringMatching(/^over: linux: Azure cannot be read/),
  ]);
});

test('what is waited for is not told unasked', () => {
  expect(told(aStatus({ waiting: 'the base is being built' }))).toEqual([]);
});

test('no more than the latest lines are kept, each with a number of its own', () => {
  let said = SILENCE;
  for (let n = 0; n < 10; n += 1) {
    said = announced(said, aStatus({ backingOff: [failing('linux')] }), 0);
    said = announced(said, FINE, 0);
  }
  expect(said.lines.map(({ number }) => number)).toEqual([13, 14, 15, 16, 17, 18, 19, 20]);
});
