import { expect, test } from 'vitest';
import { aRunningDaemon, DAEMON_FAULTS } from '../../test/doctor-faults/daemon-faults.js';
import { wrongOf } from '../../test/doctor-faults/fault.js';
import { checkDaemon } from './check-daemon.js';

test('a daemon that has what it wants is green', () => {
  expect(checkDaemon(aRunningDaemon()).map(({ colour }) => colour)).toEqual(['green']);
});

test('a queue that is read for onlookers alone, and was not yet, is no trouble', () => {
  const queue = { followed: false, unread: { since: 1, error: 'not read yet' } };
  expect(checkDaemon(aRunningDaemon({ queue })).map(({ colour }) => colour)).toEqual(['green']);
});

test.each(DAEMON_FAULTS)('finds that %s, alone', (_, finds, says) => {
  expect(wrongOf(finds)).toEqual(says.map(pattern => expect.stringMatching(pattern)));
});
