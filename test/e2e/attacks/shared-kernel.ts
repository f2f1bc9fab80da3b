/** What the kernel counts for all guests together, or for each user: how much of it one guest can take. */
import { type Attack, HOSTILE } from './attack.js';

const hold = (what: string, count: number) => `perl ${HOSTILE} hold ${what} ${count}`;

export const sharedKernel: readonly Attack[] = [
  {
    fact: 'a guest cannot have more processes than its limit',
    script: `perl ${HOSTILE} fork`,
    shows: /^forked [12]?\d{1,2}: resource temporarily unavailable/i,
  },
  {
    fact: "a guest's keys end at a quota of its own",
    script: hold('keys', 1000),
    shows: /keys: \d{2,3}: disk quota exceeded/i,
  },
  {
    fact: 'open: a guest takes inotify instances that all guests share',
    script: hold('inotify', 500),
    shows: /inotify: 500: as many as wanted/,
  },
  {
    fact: 'open: a guest takes places for asynchronous reads and writes that the whole host shares',
    script: hold('aio', 20),
    shows: /aio: 20: as many as wanted/,
  },
];
