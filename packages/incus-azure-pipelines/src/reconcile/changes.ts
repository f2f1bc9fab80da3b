import type { Agent, AgentPhase } from '../model/agent.js';

export type Change =
  | { readonly kind: 'phase'; readonly agent: Agent; readonly from: AgentPhase | undefined }
  | { readonly kind: 'gone'; readonly agent: Agent };

/** What became of the agents between two passes. */
export function* changesOf(before: readonly Agent[], after: readonly Agent[]): Generator<Change> {
  const old = new Map(before.map(agent => [agent.name, agent]));
  for (const agent of after) {
    const from = old.get(agent.name)?.phase;
    if (from !== agent.phase) yield { kind: 'phase', agent, from };
    old.delete(agent.name);
  }
  for (const agent of old.values()) yield { kind: 'gone', agent };
}
