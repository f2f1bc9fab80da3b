import type { AgentPhase } from '../model/agent.js';
import type { End, EndReason } from '../model/end.js';
import { BY_A_PERSON } from '../plan/reap.js';
import type { Biography, Deed } from './biography.js';

/** Azure's word for a job of which it has not heard for too long. */
const ABANDONED = 'abandoned';

/**
 * The reason of an end. What nobody was there to see comes first, then what we did ourselves, then
 * what the guest's last phase says. A guest that goes without having said *finished* has vanished: it was powered off or
 * killed from within, deleted by somebody, or it lost its host; and so has one whose job Azure gave up. Pure.
 */
export function whyItEnded(biography: Biography, requestId: number | undefined): End {
  const { deeds, job, unseen } = biography;
  const deletion = deeds.find(({ action }) => action.kind === 'delete-instance');
  const isDone = requestId !== undefined && job?.result !== undefined && job.result !== ABANDONED;
  if (unseen !== undefined) return isDone ? JOB_DONE : unseen;
  const last = biography.phases.map(({ phase }) => phase).findLast(isLifelike);
  if (requestId === undefined && deeds.some(({ action }) => action.kind === 'delete-registration'))
    return retirement(biography);
  if (deletion !== undefined) return endOf(isReaped(deletion) ? 'reaped' : 'deleted', deletion.action.reason);
  if (last === 'finished' && requestId !== undefined) return job?.result === ABANDONED ? GIVEN_UP : JOB_DONE;
  return vanished(last);
}

/** The end that every agent should have. */
export const JOB_DONE: End = { reason: 'job-done', words: 'its job is done' };

/** Azure ends a job of which it hears nothing, and may do so before a guest that was killed is powered off. */
const GIVEN_UP: End = {
  reason: 'vanished-busy',
  words: 'vanished while it held a job, or was cut off from Azure, until Azure gave the job up',
};

function endOf(reason: EndReason, why: string): End {
  return { reason, words: `${reason}: ${why}` };
}

/**
 * Retired by drain: disabled, deregistered, deleted. The first step has the reason, but for one that was finished: it was
 * disabled to get no other job. Where the first step was not ours, somebody else disabled it.
 */
function retirement({ deeds, phases }: Biography): End {
  const disabling = deeds.find(({ action, phase }) => action.kind === 'disable-agent' && phase !== 'finished');
  const first = disabling ?? deeds.find(({ action }) => action.kind === 'delete-registration');
  const word = first !== undefined && isReaped(first) ? 'reaped' : 'drained';
  if (disabling !== undefined) return endOf(word, disabling.action.reason);
  if (first?.phase !== 'draining') return endOf(word, first?.action.reason ?? '');
  const isAdopted = phases[0]?.phase === 'draining';
  return endOf('drained', isAdopted ? 'it was disabled before this daemon began' : 'somebody disabled it in Azure');
}

/** Whether a deed met an agent that was not as it should be, and not a person's wish. */
function isReaped({ action, phase }: Deed): boolean {
  if (action.reason === BY_A_PERSON) return false;
  switch (phase) {
    case 'preparing':
    case 'starting':
    case 'offline':
    case 'unclear':
    case 'finished':
    case 'stopped':
      return true;
    case 'prepared':
    case 'listening':
    case 'idle':
    case 'busy':
    case 'draining':
    case 'orphan':
    case undefined:
      return false;
  }
}

function vanished(last: Exclude<AgentPhase, 'orphan' | 'stopped'> | undefined): End {
  switch (last) {
    case 'finished':
      return { reason: 'without-job', words: 'its agent ended without a job that Azure showed' };
    case 'busy':
      return {
        reason: 'vanished-busy',
        words: 'vanished while it held a job: powered off or killed from within, deleted by somebody, or with its host',
      };
    case 'starting':
      return { reason: 'vanished-early', words: 'vanished before its agent was online' };
    case undefined:
    case 'preparing':
    case 'prepared':
      return { reason: 'vanished-early', words: 'vanished before it was activated' };
    case 'listening':
    case 'idle':
    case 'draining':
    case 'offline':
    case 'unclear':
      return { reason: 'vanished', words: `vanished while it was ${last}` };
  }
}

function isLifelike(phase: AgentPhase): phase is Exclude<AgentPhase, 'orphan' | 'stopped'> {
  return phase !== 'orphan' && phase !== 'stopped';
}
