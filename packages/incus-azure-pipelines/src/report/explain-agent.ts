import { ago, howOften, lasting } from '../lib/times.js';
import type { AgentPhase } from '../model/agent.js';
import type { Death } from './death.js';
import type { Account } from './explanation.js';
import { printable } from './printable.js';
import type { ActionStatus, AgentStatus, PoolStatus, RemovedPoolStatus } from './status-document.js';

/** Why an agent is there, what it does, and what is about to become of it: sentences, the answer first. */
export function explainAgent(
  agent: AgentStatus,
  pool: PoolStatus | RemovedPoolStatus,
  { now }: Pick<Account, 'now'>,
): readonly string[] {
  return [
    `${agent.name} is ${agent.phase} for ${lasting(now - agent.since)}: ${meaning(agent.phase)}.`,
    ...(agent.job === undefined ? [] : [jobOf(agent, now)]),
    'wants' in pool
      ? whyThere(agent, pool)
      : `Its pool ${pool.name} is not in the configuration any more: ${pool.fate}.`,
    ...(agent.createdAt === undefined
      ? []
      : [`Its instance was made ${ago(agent.createdAt, now)}, from base ${agent.base}.`]),
    ...(agent.contract === undefined
      ? []
      : ['Another release of this program made it; it does its job and is replaced.']),
    ...(agent.drained ? ['A person drains it: it goes when it has no job.'] : []),
    ...underWay(agent.name, pool),
    ...failures(agent.name, pool, now),
    ...whatWaits(agent, pool, now),
  ];
}

/** Why an agent ended. */
export function explainDeath({ goneAt, name, why }: Death, { now }: Pick<Account, 'now'>): readonly string[] {
  return [`${name} is gone since ${ago(goneAt, now)}: ${printable(why)}`];
}

function jobOf({ job, endsAt, requestId }: AgentStatus, now: number): string {
  const end = endsAt === undefined ? '' : `, runs too long, and is ended in ${lasting(endsAt - now)}`;
  return `It has the job "${job}" (request ${requestId})${end}.`;
}

function whyThere({ base, phase }: AgentStatus, { name, reserve, tries, wants }: PoolStatus): string {
  if (tries !== undefined && base === tries)
    return `It tries out base ${tries} for pool ${name}; the others are of an older one.`;
  if (isAhead(phase))
    return `Pool ${name} keeps ${reserve} beside its agents, and makes one ahead for each that it lacks.`;
  return `Pool ${name} wants ${wants}.`;
}

function underWay(name: string, pool: PoolStatus | RemovedPoolStatus): string[] {
  const decided = 'decided' in pool ? pool.decided : [];
  const about = (actions: readonly ActionStatus[]) => actions.filter(({ on }) => on === name);
  return [...about(pool.underWay), ...about(decided)].map(
    ({ action, reason }) => `Under way: ${action}, because: ${reason}.`,
  );
}

function failures(name: string, pool: PoolStatus | RemovedPoolStatus, now: number): string[] {
  return pool.backingOff
    .filter(({ on }) => on === name)
    .map(
      ({ action, error, failures: count, retryAt }) =>
        `${action} failed ${howOften(count)}, and is tried again in ${lasting(retryAt - now)}: ${error}`,
    );
}

function whatWaits({ phase }: AgentStatus, pool: PoolStatus | RemovedPoolStatus, now: number): string[] {
  if (!('azure' in pool)) return [];
  const { azure, waiting } = pool;
  return [
    ...(azure.readable
      ? []
      : [
          `Azure cannot be read since ${ago(azure.since, now)}, so no agent is ended and none activated: ${azure.error}`,
        ]),
    ...(isAhead(phase) && waiting !== undefined ? [`Its pool waits: ${waiting}`] : []),
  ];
}

function isAhead(phase: AgentPhase): boolean {
  return phase === 'preparing' || phase === 'prepared' || phase === 'listening';
}

function meaning(phase: AgentPhase): string {
  switch (phase) {
    case 'preparing':
      return 'its instance boots, and is deleted unless it says in time that it is ready';
    case 'prepared':
      return 'it has booted, is registered nowhere, and takes the next place that is free';
    case 'listening':
      return 'it is registered and online but disabled, and is enabled when a place is free';
    case 'starting':
      return 'it was activated, and is retired unless it comes online in time';
    case 'idle':
      return 'it is online and has no job; Azure decides which one it gets';
    case 'busy':
      return 'it has a job, and nothing ends it but the end of that';
    case 'draining':
      return 'it is disabled and has no job, so it is deregistered and then deleted';
    case 'offline':
      return 'it was online and is not, and is retired unless it comes back in time';
    case 'finished':
      return 'its job is over and its machine goes down; its place is free already';
    case 'stopped':
      return 'its instance has stopped, and Incus or we delete it';
    case 'orphan':
      return 'its instance is gone, and its registration is deleted';
    case 'unclear':
      return 'Incus reads an error where its state should be, so nothing is done before that is over or Azure has lost it';
  }
}
