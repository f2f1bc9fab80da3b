import { expect, test } from 'vitest';
import type { StatusDocument } from '../report/status-document.js';
import { systemNotes } from './system-view.js';
import { clock } from './words.js';

const GIB = 2 ** 30;

function aStatus(given: Partial<StatusDocument> = {}): StatusDocument {
  return { at: 5_000, owner: 'a1b2c3', incus: { readable: true, since: 0 }, pools: [], removed: [], ...given };
}

test('a daemon that lacks nothing has nothing to say', () => {
  expect(systemNotes(aStatus(), 0)).toEqual([]);
});

test('an Incus that cannot be read, and a daemon that does not look, keep all from going on', () => {
  const incus = { readable: false, since: 4_000, error: 'no answer' };
  expect(systemNotes(aStatus({ incus }), 0, true)).toEqual([
    { key: 'late', kind: 'trouble', isUrgent: true, text: `the daemon has not looked since ${clock(5_000, 0)}` },
    { key: 'incus', kind: 'trouble', isUrgent: true, text: `Incus cannot be read since ${clock(4_000, 0)}: no answer` },
  ]);
});

test('an Incus that was never read is told without a time', () => {
  const incus = { readable: false, since: 0, error: 'not read yet' };
  expect(systemNotes(aStatus({ incus }), 0)).toMatchObject([{ text: 'Incus cannot be read: not read yet' }]);
});

test('a reserve of the host that holds back a pool is waited for, with what is free and what is to stay so', () => {
  const host = {
    readAt: 4_000,
    memoryBytes: { free: 5 * GIB, kept: 4 * GIB },
    cores: { kept: 1.5 },
    holdsBack: ['linux'],
  };
  expect(systemNotes(aStatus({ host }), 0)).toEqual([
    {
      key: 'host',
      kind: 'waits',
      text: `the host has no room for more of linux, as of ${clock(4_000, 0)}: 5\u00a0GiB of memory free, 4\u00a0GiB to stay so; an unknown amount of the cores free, 1.5 to stay so`,
    },
  ]);
});

test('a reserve of the host that holds back nobody is told too, and what of it cannot be read is trouble', () => {
  const host = { diskBytes: { free: 1.234 * GIB, kept: GIB }, holdsBack: [], error: 'no such pool' };
  expect(systemNotes(aStatus({ host }), 0)).toEqual([
    { key: 'host-unread', kind: 'trouble', text: 'what the host has free cannot all be read: no such pool' },
    {
      key: 'host',
      kind: 'does',
      text: 'the host keeps a reserve, not looked at yet: 1.23\u00a0GiB of disk free, 1\u00a0GiB to stay so',
    },
  ]);
});
