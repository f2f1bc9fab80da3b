import type { Events } from '../lib/events.js';
import type { Agent } from '../model/agent.js';
import type { End } from '../model/end.js';
import type { DaemonEvents } from '../model/event.js';

export const HOST_RESTART: End = {
  reason: 'host-restart',
  words: 'host restart: it ended before the host was up again',
};
export const NO_DAEMON: End = { reason: 'no-daemon', words: 'vanished while no daemon ran' };
export const INCUS_AWAY: End = {
  reason: 'incus-away',
  words: 'vanished while Incus could not be read, as when its host is started again',
};

/**
 * Tells which agents ended while nobody looked: before this daemon's first look at Incus, or while Incus was away. What
 * ended in such a time is gone, or stopped, at the first look after it.
 */
export class UnseenTime {
  readonly #beginning: End;
  #why: End;
  #isAway = false;
  /** When the first look after it had ended (epoch ms); undefined while the time lasts. */
  #until: number | undefined;

  /** `restarted`: the host was started again since the last daemon of this installation looked. */
  constructor(events: Events<DaemonEvents>, restarted: boolean) {
    this.#beginning = restarted ? HOST_RESTART : NO_DAEMON;
    this.#why = this.#beginning;
    events.on('reading-changed', ({ of, known }) => of === 'Incus' && this.#incusIs(known));
    events.on('pass-ended', ({ at }) => {
      if (!this.#isAway) this.#until ??= at;
    });
  }

  /** In which time an agent ended that is sighted gone now, or stopped; undefined where it ended before our eyes. */
  endOf({ life, phase }: Agent, isFirstSight: boolean): End | undefined {
    // It has no instance, and had none at the first look.
    if (isFirstSight && phase === 'orphan') return this.#beginning;
    if (this.#until === undefined && phase === 'orphan') return this.#why;
    const { quietStopped } = life;
    if (quietStopped === undefined) return undefined;
    return quietStopped.from <= (this.#until ?? quietStopped.from) ? this.#why : undefined;
  }

  /** In which time one ended that is in neither system any more. */
  get now(): End | undefined {
    return this.#until === undefined ? this.#why : undefined;
  }

  #incusIs(known: boolean): void {
    this.#isAway = !known;
    if (known || this.#until === undefined) return;
    this.#why = INCUS_AWAY;
    this.#until = undefined;
  }
}
