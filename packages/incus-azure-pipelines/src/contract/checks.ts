/** All that is looked at in a conversation. The order is that of the conversation. */
import { AGENT_CHECKS, TOKEN_CHECKS } from './agent-checks.js';
import type { Check } from './check.js';
import type { Recording } from './exchange.js';
import { JOB_CHECKS } from './job-checks.js';
import { POOL_CHECKS, SERVER_CHECKS } from './server-checks.js';
import { END_CHECKS, SESSION_CHECKS } from './session-checks.js';

export const CHECKS: readonly Check[] = [
  ...SERVER_CHECKS,
  ...POOL_CHECKS,
  ...AGENT_CHECKS,
  ...TOKEN_CHECKS,
  ...SESSION_CHECKS,
  ...JOB_CHECKS,
  ...END_CHECKS,
];

/** The checks that a conversation was about: those of a job only where one was taken. */
export function checksOf({ exchanges }: Recording): readonly Check[] {
  return CHECKS.filter(check => isTaken(exchanges) || !JOB_CHECKS.includes(check));
}

/** What is open after a conversation, and how it would be closed. */
export function stillOpen({ exchanges }: Recording): readonly (readonly [what: string, how: string])[] {
  return isTaken(exchanges) ? STILL_OPEN : [OPEN_WITHOUT_JOB, ...STILL_OPEN];
}

const OPEN_WITHOUT_JOB = [
  'how the deletion of a busy agent is refused, and what is seen of its job',
  'call again with --await-job',
] as const;

/** What stays open, and how it would be closed: it cannot be seen with one agent that runs nothing. */
export const STILL_OPEN: readonly (readonly [what: string, how: string])[] = [
  ['whether a deletion and an assignment can cross', 'delete agents while many jobs are queued'],
  ['when reservedAgent is set for a job that no agent is free for', 'list the job requests while many jobs are queued'],
  ['whether a disabled agent lets a job wait that needs it', 'queue a job while all agents of the pool are disabled'],
  ['whether user capabilities win over system capabilities', 'queue a job whose demand only one of the two meets'],
  ['what autoUpdate: false does to a job that wants a newer agent', 'queue one'],
  ['the spelling of agentShuttingDown, and the name of job metadata messages', "watch Microsoft's own agent do a job"],
];

function isTaken(exchanges: Recording['exchanges']): boolean {
  return exchanges.some(({ step }) => step === 'job-busy');
}
