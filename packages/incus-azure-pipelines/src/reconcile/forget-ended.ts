import type { Events } from '../lib/events.js';
import type { Agent } from '../model/agent.js';
import type { DaemonEvents } from '../model/event.js';
import type { Reading } from '../model/reading.js';
import type { DrainWishes } from './drain-wishes.js';

/** What the latest pass has seen. */
export interface Seen {
  readonly agents: Reading<readonly Agent[]> | undefined;
  readonly azure: readonly Reading<unknown>[];
}

/**
 * Forgets the wishes to drain agents that are no more: each when its agent is gone, and, at the first pass in which everything
 * was read, those of agents that ended while no daemon ran.
 */
export function forgetEnded(
  events: Events<DaemonEvents>,
  wishes: Pick<DrainWishes, 'agents' | 'forget'>,
  seen: () => Seen,
): void {
  const forget = (name: string) =>
    void wishes.forget(name).catch(error => process.emitWarning(`a wish cannot be forgotten: ${String(error)}`));
  const off = events.on('pass-ended', () => {
    const { agents, azure } = seen();
    if (agents?.known !== true || !azure.every(({ known }) => known)) return;
    off();
    const there = new Set(agents.value.map(({ name }) => name));
    for (const name of wishes.agents) if (!there.has(name)) forget(name);
  });
  events.on('agent-gone', ({ agent }) => forget(agent.name));
}
