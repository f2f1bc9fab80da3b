/** What the daemon promises about pools that follow the queue. */
import { isLive } from '../../src/model/agent.js';
import { knownValue } from '../../src/model/observed.js';
import { azureKey, type PoolSpec, scales } from '../../src/model/pool.js';
import type { Sight } from '../../src/reconcile/controller.js';
import { type Decision, promised } from './promises.js';

/** Holds a decision, and what it counts, against the promises about the queue. @throws BrokenPromise. */
export function checkQueue(
  decision: Decision,
  { requests, registrations }: Pick<Sight, 'requests' | 'registrations'>,
): void {
  const { desired, observed } = decision;
  for (const [key, reading] of requests) {
    const counts = desired.flatMap(spec =>
      azureKey(spec.azure) === key ? (observed.queued.get(spec.name) ?? []) : [],
    );
    const isRead = reading.known && registrations.get(key)?.known === true;
    promised(isRead || counts.every(({ known }) => !known), 'what waits is not known while it is not read', () => key);
    const counted = counts.reduce((sum, count) => sum + (knownValue(count) ?? 0), 0);
    const waiting = (knownValue(reading) ?? []).filter(({ received }) => !received).length;
    promised(counted <= waiting, 'a request counts for one pool', () => `${counted} of ${waiting}`);
  }
  for (const spec of desired) if (scales(spec)) checkScaleDown(spec, decision);
}

/** What is above agentCount goes at once. Else it is the queue that tells who is too many, and whoever is has had its time. */
function checkScaleDown(spec: PoolSpec, { now, observed, plan }: Decision): void {
  const agents = (knownValue(observed.agents) ?? []).filter(agent => agent.pool === spec.name && isLive(agent.phase));
  if (agents.length > spec.agentCount || observed.drained.has(spec.name)) return;
  const gone = plan.actions.flatMap(action =>
    action.kind === 'disable-agent' && action.pool === spec.name && action.reason === 'above target'
      ? [action.name]
      : [],
  );
  if (gone.length === 0) return;
  const told = () => `${gone.join(', ')} of ${spec.name}`;
  promised(observed.queued.get(spec.name)?.known === true, 'nobody is drained for a queue that is not known', told);
  const idle = agents.filter(({ phase }) => phase === 'idle');
  const isDue = (name: string) => idle.some(agent => agent.name === name && agent.since + spec.timeouts.idleMs <= now);
  promised(gone.every(isDue), 'an agent has its time to be of use', told);
  promised(idle.length - gone.length >= spec.standby, 'scaling down leaves as many idle as were asked for', told);
}
