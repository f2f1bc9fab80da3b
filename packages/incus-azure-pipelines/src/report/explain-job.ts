import { ago, lasting } from '../lib/times.js';
import type { Death } from './death.js';
import type { Account, Explanation } from './explanation.js';
import { printable, printableLine } from './printable.js';
import type { AgentStatus, PoolStatus } from './status-document.js';

/** Who has the job of this request, or had it; else what is known of those that could get it. */
export function explainJob(requestId: number, { deaths, now, status }: Account): Pick<Explanation, 'says' | 'deaths'> {
  // Numbers are given anew in each organisation, and pools may be of several.
  const having = [...status.pools, ...status.removed].flatMap(({ agents }) =>
    agents.filter(agent => agent.requestId === requestId),
  );
  const dead = deaths.filter(death => death.requestId === requestId && !having.some(({ name }) => name === death.name));
  const says = [
    ...having.map(agent => hasIt(agent, requestId, now)),
    ...dead.map(death => hadIt(death, requestId, now)),
  ];
  if (says.length > 0) return { says, ...(dead.length === 0 ? {} : { deaths: dead }) };
  const waits = status.pools.flatMap(pool => waitsIn(pool, requestId, now));
  if (waits.length > 0) return { says: waits };
  const readAt = status.pools.map(({ queue }) => queue?.readAt ?? 0);
  const areAllRead = !readAt.includes(0);
  return {
    says: [
      `No agent of this installation has job request ${requestId}, and none of the last ${deaths.length} that ended had it.`,
      areAllRead
        ? `It did not wait in an agent pool of this installation when the queue was read ${ago(Math.min(...readAt), now)}.`
        : 'Not every queue of Azure is read, so it is not known whether it waits, for which agent pool, or what it demands.',
      ...(areAllRead ? [] : status.pools.map(pool => couldTake(pool, now))),
    ],
  };
}

function waitsIn({ agentPool, name, queue }: PoolStatus, requestId: number, now: number): string[] {
  return (queue?.waiting ?? []).flatMap(({ for: what, requests, why }) =>
    requests
      .filter(request => request.requestId === requestId)
      .map(({ job, since }) => {
        const where = what === 'nobody' ? `agent pool "${agentPool}"` : `pool ${name}`;
        return `Job request ${requestId} ("${job}") waits in ${where} since ${ago(since, now)}: ${why}.`;
      }),
  );
}

function hasIt({ job, name, since }: AgentStatus, requestId: number, now: number): string {
  return `Job request ${requestId} ("${job}") is with ${name} for ${lasting(now - since)}.`;
}

function hadIt({ goneAt, job, name, result, why }: Death, requestId: number, now: number): string {
  const ended = result === undefined ? 'of which Azure told no result' : `which ended as ${printableLine(result)}`;
  return `Job request ${requestId} ("${printableLine(job ?? '')}"), ${ended}, was with ${name}, which is gone since ${ago(goneAt, now)}: ${printable(why)}`;
}

function couldTake({ agentPool, agents, azure, name, waiting }: PoolStatus, now: number): string {
  const idle = agents.filter(({ phase }) => phase === 'idle').length;
  const busy = agents.filter(({ phase }) => phase === 'busy').length;
  const where = `In agent pool "${agentPool}" pool ${name}`;
  if (!azure.readable) return `${where} cannot see its agents since ${ago(azure.since, now)}: ${azure.error}`;
  if (idle > 0)
    return `${where} has ${idle} idle: if the job waits there, then for parallel jobs, for permission, or since it demands what they lack.`;
  const why = waiting === undefined ? 'a place is free when one of them ends' : `it waits: ${waiting}`;
  return `${where} has no idle agent and ${busy} busy: ${why}.`;
}
