/** What the kernel counts for all guests together, or for each user: how much of it one guest can take. */
import { type Attack, HOSTILE } from './attack.js';

const hold = (what: string, count: number) => `perl ${HOSTILE} hold ${what} ${count}`;

/** What ends at the guest itself. */
export const quotas: readonly Attack[] = [
  {
    fact: "a guest's keys end at a quota of its own",
    script: hold('keys', 1000),
    shows: /keys: \d{2,3}: disk quota exceeded/i,
  },
];

/** What others lack while it is held: not to be tried where jobs of others run. */
export const sharedKernel: readonly Attack[] = [
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
