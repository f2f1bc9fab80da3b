import {
  type Agent,
  type AgentPhase,
  type InstanceRecord,
  isStopped,
  type Life,
  type Registration,
  takenBy,
} from '../model/agent.js';
import { knownValue, type Reading } from '../model/observed.js';

/**
 * An activated guest needs a moment to unset its *Ready*. Without any sign of a start, Ready means finished only when
 * this much time has passed since the activation.
 */
const STARTED_GRACE_MS = 10_000;

/**
 * The phase that what both systems show adds up to; the table is the doc comment of `AgentPhase`. Azure decides
 * whether an agent is busy; the guest's own word counts only for *prepared* and *finished*.
 */
export function phaseOf(
  instance: InstanceRecord | undefined,
  reading: Reading<Registration | undefined>,
  life: Life,
  before: AgentPhase | undefined,
): AgentPhase {
  if (instance === undefined) return 'orphan';
  if (instance.activatedAt === undefined) return isPrepared(instance, before) ? 'prepared' : 'preparing';
  // One reading as stopped, or none at all, ends nothing: both are seen while a container goes down.
  if (isStopped(life)) return 'stopped';
  if (!life.disbelieved && life.saidFinished) return 'finished';
  const phase = reading.known ? phaseInAzure(reading.value, life) : phaseUnread(before);
  return instance.status === 'error' && phase !== 'busy' && phase !== 'finished' ? 'unclear' : phase;
}

function phaseUnread(before: AgentPhase | undefined): AgentPhase {
  return before !== undefined && isActivated(before) ? before : 'starting';
}

/** Incus forgets *Ready* when it is started again; a guest that runs on, with nobody's code in it, is as ready as before. */
function isPrepared({ status }: InstanceRecord, before: AgentPhase | undefined): boolean {
  return status === 'ready' || (status === 'running' && before === 'prepared');
}

function phaseInAzure(registration: Registration | undefined, life: Life): AgentPhase {
  if (registration?.assigned) return 'busy';
  if (life.requestId !== undefined) return 'finished';
  if (registration === undefined) return life.seenOnline ? 'finished' : 'starting';
  if (!registration.enabled) return 'draining';
  if (registration.online) return 'idle';
  return life.seenOnline ? 'offline' : 'starting';
}

/**
 * Whether the guest rang Ready after its activation: a ring is compared with a ring only, since the clock of the Incus
 * host tells their times and ours that of the activation.
 */
function saysFinished({ activatedAt, rangAt, status }: InstanceRecord, old: Life | undefined, now: number): boolean {
  if (status !== 'ready' || activatedAt === undefined) return false;
  const prepared = old?.rangPreparedAt;
  const rangAgain = prepared !== undefined && rangAt !== undefined && rangAt > prepared;
  return old?.seenStarted === true || rangAgain || now - (old?.activeSince ?? now) > STARTED_GRACE_MS;
}

function isActivated(phase: AgentPhase): boolean {
  return phase !== 'preparing' && phase !== 'prepared' && phase !== 'stopped' && phase !== 'orphan';
}

/** What is remembered of an agent after these readings. */
export function nextLife(
  before: Agent | undefined,
  instance: InstanceRecord | undefined,
  reading: Reading<Registration | undefined>,
  instancesAt: number,
  now: number,
  isActivating = false,
): Life {
  const old = before?.life;
  const registration = knownValue(reading);
  const seenStarted =
    old?.seenStarted === true || (instance?.activatedAt !== undefined && instance.status === 'running');
  const isReplaced = old?.agentId !== undefined && registration !== undefined && registration.agentId !== old.agentId;
  return {
    activeSince: old?.activeSince ?? (instance?.activatedAt === undefined || isActivating ? undefined : now),
    agentId: registration?.agentId ?? old?.agentId,
    instanceSeen: old?.instanceSeen === true || instance !== undefined,
    seenStarted,
    rangPreparedAt:
      instance !== undefined && instance.activatedAt === undefined ? instance.rangAt : old?.rangPreparedAt,
    saidFinished: old?.saidFinished === true || (instance !== undefined && saysFinished(instance, old, now)),
    seenOnline: old?.seenOnline === true || registration?.online === true || registration?.assigned?.received === true,
    requestId: old?.requestId ?? takenBy(registration)?.requestId,
    result: old?.result ?? takenBy(registration)?.result,
    disbelieved: old?.disbelieved === true || contradicted(before, reading),
    quietDisabled: extend(
      isReplaced ? undefined : old?.quietDisabled,
      reading,
      r => r !== undefined && !r.enabled && !r.assigned,
    ),
    quietOffline: extend(old?.quietOffline, reading, r => r === undefined || (!r.online && !r.assigned)),
    quietStopped: extend(
      old?.quietStopped,
      instance?.status === 'error'
        ? { known: false, error: 'Incus reads Error', since: instancesAt }
        : { known: true, value: instance?.status, at: instancesAt },
      status => status === 'stopped',
    ),
  };
}

/** Azure still shows a job in a reading that began after the guest was believed to be finished. */
function contradicted(before: Agent | undefined, reading: Reading<Registration | undefined>): boolean {
  return (
    before?.phase === 'finished' && reading.known && reading.at > before.since && reading.value?.assigned !== undefined
  );
}

function extend<T>(
  old: { readonly from: number; readonly to: number } | undefined,
  reading: Reading<T>,
  holds: (value: T) => boolean,
): { readonly from: number; readonly to: number } | undefined {
  if (!reading.known) return old;
  if (!holds(reading.value)) return undefined;
  return { from: old?.from ?? reading.at, to: reading.at };
}
