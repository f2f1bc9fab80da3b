import { readFileSync } from 'node:fs';
import type { Events } from '../lib/events.js';
import type { DaemonEvents } from '../model/event.js';

/** A guest takes some seconds to die of it, and the daemon looks at it meanwhile. */
const LATELY_MS = 60_000;

interface Look {
  readonly at: number;
  readonly count: number;
}

/**
 * How many processes the kernel of this host has killed for want of memory, wherever they ran. Undefined where it does not tell.
 * Source: `oom_kill` of /proc/vmstat, which counts those of all groups.
 */
export function readHostKills(): number | undefined {
  try {
    const count = /^oom_kill (\d+)$/m.exec(readFileSync('/proc/vmstat', 'utf8'))?.[1];
    return count === undefined ? undefined : Number(count);
  } catch {
    return undefined;
  }
}

/** Looks at that count in each pass, so that it can be told what was killed in the minute before an end. */
export class HostKills {
  readonly #read: () => number | undefined;
  #looks: readonly Look[] = [];

  constructor(events: Events<DaemonEvents>, read: () => number | undefined) {
    this.#read = read;
    events.on('pass-ended', ({ at }) => this.#look(at));
  }

  /** How many were killed since the last look that is a minute old, or since the first one; zero where that is not to be known. */
  lately(): number {
    const first = this.#looks[0];
    const count = this.#read();
    return first === undefined || count === undefined ? 0 : count - first.count;
  }

  #look(at: number): void {
    const count = this.#read();
    if (count === undefined) return;
    const looks = [...this.#looks, { at, count }];
    // The last one that is old enough stays, as what the others are held against.
    const from = looks.findLastIndex(look => look.at <= at - LATELY_MS);
    this.#looks = looks.slice(Math.max(0, from));
  }
}
