/** What is looked at while an agent listens, and when it is deleted. */
import { type Check, checkOf } from './check.js';

const isOpen = true;

export const SESSION_CHECKS: readonly Check[] = [
  checkOf('poll-of-no-session', 'for messages of a session that never was', 'an agent opens a new one at this answer', {
    isOpen,
  }),
  checkOf('session', 'to listen', 'an agent is online from then on', { shows: ['encryptionKey.encrypted'] }),
  checkOf('online', 'to read the agent then', 'an agent that was online was not made in vain', {
    step: 'read-online',
    shows: ['status', 'enabled'],
  }),
  checkOf('second-session', 'to listen a second time', 'one key is not used in two places', { step: 'session-again' }),
  checkOf('session-of-another', 'to listen as another agent', 'what a job can do with that token', { isOpen }),
  checkOf('empty-poll', 'for a message where there is none', 'agents take both 202 and 204', { step: 'poll', isOpen }),
  {
    ...checkOf('poll-lasts', 'how long such a poll is held', 'agents give up after 100 s', { step: 'poll' }),
    isOpen,
    isOnlyTold: true,
    reads: answers => {
      const found = answers.to('poll');
      return found && (found.afterS === undefined ? 'less than 5 s' : `${found.afterS} s`);
    },
  },
  checkOf('session-closed', 'to listen no more', 'an agent is offline from then on', { isOpen }),
  checkOf('offline', 'to read the agent then', 'offline agents are ended', { step: 'read-offline', shows: ['status'] }),
  checkOf('session-closed-again', 'to end that session again', 'what is gone is taken for gone', { isOpen }),
  checkOf('poll-of-closed-session', 'for its messages', 'an agent opens a new one at this answer', { isOpen }),
];

export const END_CHECKS: readonly Check[] = [
  checkOf('delete-while-listening', 'to delete the agent while it listens', 'so an idle agent is ended', {
    step: 'delete',
    isOpen,
  }),
  checkOf('poll-that-is-cut', 'what its waiting poll is answered', 'its guest goes down at this answer', { isOpen }),
  checkOf('deleted', 'to read it then', 'its instance is deleted once this is seen', { step: 'read-deleted' }),
  checkOf('deleted-twice', 'to delete it again', 'what is gone is taken for gone', { step: 'delete-again' }),
  checkOf('poll-of-a-deleted-agent', 'for messages, with the token that it still has', 'a stolen key is void', {
    isOpen,
  }),
  checkOf('token-of-a-deleted-agent', 'for a new token', 'a stolen key is void'),
  {
    name: 'rate-limits',
    steps: [],
    asks: 'which headers told of limits',
    matters: 'the pace of calls follows them',
    isOpen,
    isOnlyTold: true,
    reads: ({ all }) =>
      [...new Set(all.flatMap(({ heads }) => heads.filter(head => /^(?:x-ratelimit-|retry-after)/.test(head))))].join(
        ', ',
      ) || 'none',
  },
];
