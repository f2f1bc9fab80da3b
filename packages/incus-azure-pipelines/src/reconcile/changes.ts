import { type Agent, type AgentPhase, type JobRequest, takenBy } from '../model/agent.js';
import type { Emit } from '../model/event.js';
import { knownValue } from '../model/observed.js';

export type Change =
  | { readonly kind: 'phase'; readonly agent: Agent; readonly from: AgentPhase | undefined }
  | { readonly kind: 'job-taken'; readonly agent: Agent; readonly job: JobRequest }
  | { readonly kind: 'job-ended'; readonly agent: Agent; readonly job: JobRequest }
  | { readonly kind: 'gone'; readonly agent: Agent };

/** What became of the agents between two passes. */
export function* changesOf(before: readonly Agent[], after: readonly Agent[]): Generator<Change> {
  const old = new Map(before.map(agent => [agent.name, agent]));
  for (const agent of after) {
    const known = old.get(agent.name);
    if (known?.phase !== agent.phase) yield { kind: 'phase', agent, from: known?.phase };
    yield* changesOfJob(known, agent);
    old.delete(agent.name);
  }
  for (const agent of old.values()) yield { kind: 'gone', agent };
}

/** Tells one of them, seen at that time (epoch ms). */
export function tell(change: Change, emit: Emit, at: number): void {
  const { agent } = change;
  switch (change.kind) {
    case 'gone':
      emit('agent-gone', { agent, at });
      return;
    case 'phase':
      emit('phase-changed', { agent, from: change.from, at });
      return;
    case 'job-taken':
    case 'job-ended':
      emit(change.kind, { agent, job: change.job });
  }
}

/**
 * The agent pools, by `azureKey`, to be read soon, since an agent has just finished whose registration no reading shows, and
 * whose id we do not know: a job may have been so short, and it is to be disabled.
 */
export function agentPoolsToRead(before: readonly Agent[], after: readonly Agent[]): readonly string[] {
  const phases = new Map(before.map(({ name, phase }) => [name, phase]));
  const keys = after.flatMap(agent => {
    const isNew = agent.phase === 'finished' && phases.get(agent.name) !== 'finished';
    const { deregistered, registeredAs } = agent.life;
    const isUnseen = knownValue(agent.registration) === undefined && registeredAs === undefined && !deregistered;
    return isNew && isUnseen && agent.agentPool !== undefined ? [agent.agentPool] : [];
  });
  return [...new Set(keys)];
}

/** Each is told once: a job is an agent's only one. */
function* changesOfJob(before: Agent | undefined, agent: Agent): Generator<Change> {
  const job = takenBy(knownValue(agent.registration));
  if (job && before?.life.requestId === undefined) yield { kind: 'job-taken', agent, job };
  if (job?.result && before?.life.result === undefined) yield { kind: 'job-ended', agent, job };
}
