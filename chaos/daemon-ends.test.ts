import { expect, test } from 'vitest';
import { isBreach, isRefusedStart } from './daemon-ends.js';

test.each([
  ['goes on', { ran: true }, false, false],
  ['ended by itself after it had begun', { ran: true, endedWith: 1 }, true, false],
  ['was killed after it had begun', { ran: true, endedWith: null }, true, false],
  ['could not begin, and is tried again', { ran: false, endedWith: 1 }, false, true],
  [
    'took a fault for a mistake of a person, after which nobody starts it again',
    { ran: false, endedWith: 2 },
    true,
    false,
  ],
])('a daemon that %s', (_, end, breach, refused) => {
  expect([isBreach(end), isRefusedStart(end)]).toEqual([breach, refused]);
});
