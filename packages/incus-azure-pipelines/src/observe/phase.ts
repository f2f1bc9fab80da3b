import {
  type Agent,
  type AgentPhase,
  ENABLING_MS,
  type InstanceRecord,
  isDeregistered,
  isJobOver,
  isStopped,
  type Life,
  type Registration,
  type Span,
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
  if (instance.activatedAt === undefined) return isPrepared(instance, life) ? 'prepared' : 'preparing';
  // One reading as stopped, or none at all, ends nothing: both are seen while a container goes down.
  if (isStopped(life)) return 'stopped';
  if (!life.disbelieved && life.saidFinished) return 'finished';
  const phase = reading.known
    ? activatedPhase(instance, reading, life, before)
    : phaseUnread(instance.listeningAt !== undefined, before);
  // Of one that listens, which can hold no job, Incus need not tell more than its mark.
  const isClear = phase === 'busy' || phase === 'finished' || phase === 'listening';
  return instance.status === 'error' && !isClear ? 'unclear' : phase;
}

/** Whether Azure does not show a registration that was there, and that may be there still. */
function isUnseen(registration: Registration | undefined, life: Life): boolean {
  return registration === undefined && (life.seenOnline || life.requestId !== undefined) && !isDeregistered(life);
}

/** Until that is clear it stays what it was. */
function keptPhase(before: AgentPhase | undefined): AgentPhase {
  return before !== undefined && isActivated(before) ? before : 'starting';
}

/** While Azure is unread an agent stays what it was, except that one whose mark is gone listens no more: it is live. */
function phaseUnread(isListening: boolean, before: AgentPhase | undefined): AgentPhase {
  const keeps = before !== undefined && isActivated(before) && before !== 'listening';
  return keeps ? before : isListening ? 'listening' : 'starting';
}

function activatedPhase(
  { listeningAt }: InstanceRecord,
  { value: registration, at }: Reading<Registration | undefined> & { known: true },
  life: Life,
  before: AgentPhase | undefined,
): AgentPhase {
  const phase = isUnseen(registration, life) ? keptPhase(before) : phaseInAzure(registration, life, before);
  if (listeningAt !== undefined)
    return registration?.enabled !== true && (phase === 'draining' || phase === 'starting') ? 'listening' : phase;
  return phase === 'draining' && isBeingEnabled(life, at) && !wasEnabled(before) ? 'starting' : phase;
}

/** Our own enabling may be on its way still: that a reading which began by then shows it disabled proves nothing. */
function isBeingEnabled({ enablableUntil }: Pick<Life, 'enablableUntil'>, readAt: number): boolean {
  return enablableUntil !== undefined && readAt < enablableUntil;
}

/** Whether a call of ours that enables or disables an agent may have come after a reading that shows it disabled. */
function isUnsettled(readAt: number, enablableUntil: number | undefined, disablingUntil: number | undefined): boolean {
  return isBeingEnabled({ enablableUntil }, readAt) || (disablingUntil !== undefined && readAt < disablingUntil);
}

function wasEnabled(before: AgentPhase | undefined): boolean {
  return before === 'idle' || before === 'draining' || before === 'offline' || before === 'busy';
}

/**
 * Incus forgets *Ready* when it is started again; a guest that runs on, with nobody's code in it, is as ready as before. An
 * event may tell of Ready when the latest list is so old that it lacks the guest's ids: the next one tells who has them too.
 */
function isPrepared({ idsFrom, status }: InstanceRecord, { saidPrepared }: Life): boolean {
  if (idsFrom === 'not yet') return false;
  return status === 'ready' || (status === 'running' && saidPrepared);
}

function phaseInAzure(registration: Registration | undefined, life: Life, before: AgentPhase | undefined): AgentPhase {
  if (registration?.assigned) return 'busy';
  if (life.requestId !== undefined) return isJobOver(registration, life) || before === 'finished' ? 'finished' : 'busy';
  if (registration === undefined) return life.seenOnline ? 'finished' : 'starting';
  if (!registration.enabled) return 'draining';
  if (registration.online) return 'idle';
  return life.seenOnline ? 'offline' : 'starting';
}

/** Whether the guest said Ready after its activation. */
function saysFinished(
  { activatedAt, rangSinceChange, status }: InstanceRecord,
  old: Life | undefined,
  readAt: number,
): boolean {
  if (status !== 'ready' || activatedAt === undefined) return false;
  return old?.seenStarted === true || rangSinceChange || readAt - (old?.activeSince ?? readAt) > STARTED_GRACE_MS;
}

function isActivated(phase: AgentPhase): boolean {
  return phase !== 'preparing' && phase !== 'prepared' && phase !== 'stopped' && phase !== 'orphan';
}

/** What our own deeds say of an agent. */
interface Doings {
  readonly isActivating?: boolean;
  readonly isDeregistered?: boolean;
  readonly registeredAs?: number | undefined;
  /** Until when (epoch ms) the call that disables it may have had no effect: only what is read later proves one. */
  readonly disablingUntil?: number | undefined;
}

/** What is remembered of an agent after these readings. */
export function nextLife(
  before: Agent | undefined,
  instance: InstanceRecord | undefined,
  reading: Reading<Registration | undefined>,
  instancesAt: number,
  now: number,
  { isActivating = false, isDeregistered: deregistered = false, registeredAs, disablingUntil }: Doings = {},
): Life {
  const old = before?.life;
  const registration = knownValue(reading);
  const enablableUntil = enablableUntilOf(before, instance, now);
  const assigned = registration?.assigned;
  const requestId = assigned?.received ? assigned.requestId : (old?.requestId ?? takenBy(registration)?.requestId);
  const seenStarted =
    old?.seenStarted === true || (instance?.activatedAt !== undefined && instance.status === 'running');
  const isReplaced = old?.agentId !== undefined && registration !== undefined && registration.agentId !== old.agentId;
  return {
    activeSince: old?.activeSince ?? (instance?.activatedAt === undefined || isActivating ? undefined : now),
    agentId: registration?.agentId ?? old?.agentId,
    registeredAs,
    instanceSeen: old?.instanceSeen === true || instance !== undefined,
    seenStarted,
    saidPrepared: instance?.status === 'ready' || (old?.saidPrepared === true && instance?.status !== 'stopped'),
    saidFinished: old?.saidFinished === true || (instance !== undefined && saysFinished(instance, old, instancesAt)),
    seenOnline: old?.seenOnline === true || registration?.online === true || takenBy(registration) !== undefined,
    result: old?.result ?? takenBy(registration)?.result,
    requestId,
    requestSince: requestId === old?.requestId ? old?.requestSince : now,
    disbelieved: old?.disbelieved === true || contradicted(before, reading),
    enablableUntil,
    quietDisabled:
      isActivating || (reading.known && isUnsettled(reading.at, enablableUntil, disablingUntil))
        ? undefined
        : extend(isReplaced ? undefined : old?.quietDisabled, reading, isQuietDisabled),
    quietOffline: extend(old?.quietOffline, reading, isQuietOffline),
    quietAbsent: extend(old?.quietAbsent, reading, isAbsent),
    quietUnassigned: extend(old?.quietUnassigned, reading, isUnassigned),
    deregistered,
    quietStopped: extend(
      old?.quietStopped,
      instance?.status === 'error'
        ? { known: false, error: 'Incus reads Error', since: instancesAt }
        : { known: true, value: instance?.status, at: instancesAt },
      status => status === 'stopped',
    ),
  };
}

/** What is left of the proofs after one more reading: the same life where it denies none. */
export function withoutDenied(life: Life, registration: Registration | undefined): Life {
  const quietDisabled = isQuietDisabled(registration) ? life.quietDisabled : undefined;
  const quietOffline = isQuietOffline(registration) ? life.quietOffline : undefined;
  const quietAbsent = isAbsent(registration) ? life.quietAbsent : undefined;
  const quietUnassigned = isUnassigned(registration) ? life.quietUnassigned : undefined;
  const isSame =
    quietDisabled === life.quietDisabled &&
    quietOffline === life.quietOffline &&
    quietAbsent === life.quietAbsent &&
    quietUnassigned === life.quietUnassigned;
  return isSame ? life : { ...life, quietDisabled, quietOffline, quietAbsent, quietUnassigned };
}

function isQuietDisabled(registration: Registration | undefined): boolean {
  return registration !== undefined && !registration.enabled && !registration.assigned;
}

function isQuietOffline(registration: Registration | undefined): boolean {
  return registration === undefined || (!registration.online && !registration.assigned);
}

function isAbsent(registration: Registration | undefined): boolean {
  return registration === undefined;
}

function isUnassigned(registration: Registration | undefined): boolean {
  return !registration?.assigned;
}

/** Azure still shows a job in a reading that began after the guest was believed to be finished. */
function contradicted(before: Agent | undefined, reading: Reading<Registration | undefined>): boolean {
  return (
    before?.phase === 'finished' && reading.known && reading.at > before.since && reading.value?.assigned !== undefined
  );
}

/**
 * An activation that is new to us, and that is new by its own time, has a call behind it that may not have ended. One by
 * the time of another clock has been over for long.
 */
function enablableUntilOf(before: Agent | undefined, instance: InstanceRecord | undefined, now: number) {
  const activatedAt = instance?.activatedAt;
  if (activatedAt === undefined || activatedAt === before?.instance?.activatedAt) return before?.life.enablableUntil;
  return Math.abs(now - activatedAt) < ENABLING_MS ? now + ENABLING_MS : undefined;
}

function extend<T>(old: Span | undefined, reading: Reading<T>, holds: (value: T) => boolean): Span | undefined {
  if (!reading.known) return old;
  if (!holds(reading.value)) return undefined;
  return { from: old?.from ?? reading.at, to: reading.at };
}
