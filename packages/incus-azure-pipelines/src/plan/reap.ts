import type { Action } from '../model/action.js';
import { type Agent, isStopped, PROOF_MS, type Registration, type Span, STOPPED_MS } from '../model/agent.js';
import { knownValue, type Observed } from '../model/observed.js';
import type { PoolSpec } from '../model/pool.js';
import type { Alarm } from './alarm.js';
import { disable, fence } from './fence.js';
import { limitJob } from './job-limit.js';

/** A person drains an agent by disabling it; so may have the daemon before this one, which does not remember why. */
const DISABLED_BY_OTHERS = 'it is disabled in Azure, and not by this daemon';
/** Why one goes that a person drains, whatever it is like. */
export const BY_A_PERSON = 'drained by a person';
/** Why one is given up that has not said that it is prepared. */
export const NOT_PREPARED = 'was not prepared in time';
/** Why one is deleted that its guest has switched off before that. */
export const STOPPED_EARLY = 'stopped before it was prepared';
/** Why an agent is given up that Azure has not shown online. */
export const NEVER_ONLINE = 'never came online';
/** Longer than a guest takes to boot, docker included. */
const ASK_MS = 15_000;
/** One that is prepared says so sooner than that. */
const ANSWER_MS = 5_000;
/** Instances boot and agents start in less, a few at a time. */
const GIVE_WAY_MS = 5_000;
/** The guest waits this long for its log to be collected. */
const COLLECT_MS = 3_000;

/**
 * What one agent needs, going by its phase alone. No branch stops, deletes or deregisters a busy agent, unless a person has
 * limited its time: that absence is the promise that no job is killed.
 */
export function* reap(spec: PoolSpec, agent: Agent, observed: Observed, alarm: Alarm): Generator<Action> {
  const { instance } = agent;
  if (instance?.noisy)
    yield { kind: 'remove-doorbell', pool: agent.pool, name: agent.name, reason: 'rings without end' };
  // Its next reading tells whether it has stopped, and no event may come.
  if (agent.life.quietStopped) alarm.passed(agent.life.quietStopped.from + STOPPED_MS);
  switch (agent.phase) {
    case 'preparing':
      yield* prepare(spec, agent, observed, alarm);
      return;
    case 'listening':
      yield* keepListening(spec, agent, alarm);
      return;
    case 'starting':
      if (hadItsStart(spec, agent, alarm)) yield* retire(agent, NEVER_ONLINE, alarm);
      return;
    case 'offline':
      if (alarm.passed(agent.since + spec.timeouts.offlineGraceMs)) yield* retire(agent, 'offline too long', alarm);
      return;
    case 'unclear':
      if (!hadItsStart(spec, agent, alarm) || !agent.life.quietOffline) return;
      if (alarm.passed(agent.life.quietOffline.from + spec.timeouts.offlineGraceMs))
        yield* retire(agent, 'Incus cannot read it and Azure has lost it', alarm);
      return;
    case 'draining':
      yield* retire(agent, observed.disabled.get(agent.name) ?? DISABLED_BY_OTHERS, alarm);
      return;
    case 'busy':
      yield* fence(agent, observed);
      yield* giveWay(agent, alarm);
      yield* limitJob(spec, agent, observed, alarm);
      return;
    case 'finished':
      yield* finish(spec, agent, observed, alarm);
      return;
    case 'stopped':
      yield deleteInstance(agent, 'stopped and still there');
      return;
    case 'orphan':
      yield* forget(spec, agent, observed, alarm);
      return;
    case 'idle':
      // Its mark says that it is disabled, and Azure that it is not: who enabled it made an agent of it.
      if (instance?.listeningAt !== undefined) yield* adopt(agent);
      return;
    case 'prepared':
      return;
  }
}

/**
 * Drain in three steps, each of which waits for Azure to show the one before: disable; twice seen disabled and
 * unassigned, so deregister; no registration left, so delete the instance.
 */
export function* retire(agent: Agent, reason: string, alarm: Alarm): Generator<Action> {
  if (!agent.registration.known) return;
  const registration = agent.registration.value;
  if (registration === undefined) {
    yield* deleteUnregistered(agent, reason, alarm);
  } else if (registration.assigned === undefined) {
    if (registration.enabled) yield disable(agent, registration, reason);
    else if (agent.life.quietDisabled && lasted(agent.life.quietDisabled, PROOF_MS, alarm))
      yield deregister(agent, registration, reason);
  }
}

/**
 * The instance of an agent that Azure does not show. Where that is not our own doing, several readings have to agree, and
 * Azure is asked for the agent by itself right before: an agent that a list lacks may be at work.
 */
function* deleteUnregistered(agent: Agent, reason: string, alarm: Alarm): Generator<Action> {
  const { agentPool = '', life, name, pool } = agent;
  if (life.deregistered) yield deleteInstance(agent, reason);
  else if (life.quietAbsent && lasted(life.quietAbsent, PROOF_MS, alarm))
    yield {
      kind: 'delete-instance',
      pool,
      name,
      unless: { agentPool, agentId: life.agentId ?? life.registeredAs },
      reason,
    };
}

/**
 * Incus forgets *Ready* when it is started again, and so may we: a guest that runs for long without it is asked, and none
 * that can be asked is given up without that, shortly before. Time counts since it was seen so, not since its birth: a prepared one that Incus
 * cannot read for a moment is here too.
 */
function* prepare(spec: PoolSpec, agent: Agent, observed: Observed, alarm: Alarm): Generator<Action> {
  const { instance, life, name, pool, since } = agent;
  const { preparationMs } = spec.timeouts;
  const askedAt = observed.asked.get(name);
  // Each question takes calls, and what never gets prepared shall not cost many: once early, and once more before the end.
  const askAt =
    askedAt === undefined ? since + Math.min(ASK_MS, preparationMs) : Math.max(askedAt + ASK_MS, since + preparationMs);
  const isTooLate = alarm.passed(since + preparationMs);
  if (isStopped(life)) yield deleteInstance(agent, STOPPED_EARLY);
  else if (instance?.status !== 'running' || observed.failures.has(`ask-prepared/${name}`)) {
    if (isTooLate) yield deleteInstance(agent, NOT_PREPARED);
  } else if (alarm.passed(askAt))
    yield { kind: 'ask-prepared', pool, name, reason: 'runs, and has not said that it is prepared' };
  else if (isTooLate && askedAt !== undefined && alarm.passed(askedAt + ANSWER_MS))
    yield deleteInstance(agent, NOT_PREPARED);
}

/** A member of the listening reserve that never came online, or is offline, is no reserve; it goes as agents do. */
function* keepListening(spec: PoolSpec, agent: Agent, alarm: Alarm): Generator<Action> {
  const { quietOffline, seenOnline } = agent.life;
  if (!quietOffline || !hadItsStart(spec, agent, alarm)) return;
  if (!seenOnline) yield* retire(agent, NEVER_ONLINE, alarm);
  else if (alarm.passed(quietOffline.from + spec.timeouts.offlineGraceMs))
    yield* retire(agent, 'offline too long', alarm);
}

function* adopt({ name, pool, registration }: Agent): Generator<Action> {
  const agentId = knownValue(registration)?.agentId;
  if (agentId !== undefined)
    yield { kind: 'enable-agent', pool, name, agentId, reason: 'was enabled by somebody else' };
}

/**
 * An agent that is to go for its own sake: it is retired while it has no job, also before it is online for the first time, if
 * Azure has it by then; one that knows no secret yet is simply deleted.
 */
export function* drainOnRequest(agent: Agent, reason: string, alarm: Alarm): Generator<Action> {
  const isRegistered = knownValue(agent.registration) !== undefined;
  if (agent.phase === 'idle' || agent.phase === 'offline' || agent.phase === 'listening')
    yield* retire(agent, reason, alarm);
  if (agent.phase === 'starting' && isRegistered) yield* retire(agent, reason, alarm);
  if (agent.phase === 'preparing' || agent.phase === 'prepared') yield deleteInstance(agent, reason);
}

/** A job that takes its time, and perhaps every core, is not to hold the next agent up; a short one is not worth a call. */
function* giveWay({ instance, life, name, pool }: Agent, alarm: Alarm): Generator<Action> {
  if (instance === undefined || instance.isWeighed || life.requestSince === undefined) return;
  if (alarm.passed(life.requestSince + GIVE_WAY_MS))
    yield { kind: 'give-way', pool, name, reason: 'its job takes time' };
}

/**
 * A finished guest powers itself off. One that does not is drained like any other: its word alone, which foreign code may
 * have spoken, ends nothing. Azure's word does: once the job is over, whatever still runs inside goes.
 */
function* finish(spec: PoolSpec, agent: Agent, observed: Observed, alarm: Alarm): Generator<Action> {
  const tooLateAt = agent.since + COLLECT_MS;
  if (!observed.collected.has(agent.name) && agent.instance?.status === 'ready' && !alarm.passed(tooLateAt))
    yield { kind: 'collect-log', pool: agent.pool, name: agent.name, reason: 'finished' };
  yield* fence(agent, observed);
  if (!alarm.passed(agent.since + spec.timeouts.powerOffMs)) return;
  // Whom Azure has can be drained with proof; one that it does not show may not have registered yet.
  const isProvable = knownValue(agent.registration) !== undefined || agent.life.deregistered;
  if (!isProvable && !hadItsStart(spec, agent, alarm)) return;
  if (agent.registration.known && agent.registration.at >= agent.since)
    yield* retire(agent, 'finished, but did not power off', alarm);
}

/** Whether it has been online or had a job, or has had the time for it: before that, no registration is no proof. */
function hadItsStart(spec: PoolSpec, { life, instance }: Agent, alarm: Alarm): boolean {
  if (life.seenOnline || life.requestId !== undefined || instance?.activatedAt === undefined) return true;
  return life.activeSince !== undefined && alarm.passed(life.activeSince + spec.timeouts.startupGraceMs);
}

/**
 * The registration of an agent that is gone: at once where its end was seen, else as an orphan after the grace. One that is
 * online all the same, though it has had its job, is somebody else with its key: nobody gets a second job by that. Where nothing
 * tells of a job, it is kept from getting one, and no more than that.
 */
function* forget(spec: PoolSpec, agent: Agent, observed: Observed, alarm: Alarm): Generator<Action> {
  yield* fence(agent, observed);
  const registration = knownValue(agent.registration);
  if (!registration) return;
  if (registration.online && agent.life.requestId !== undefined)
    yield* retire(agent, 'its instance is gone, and it has had its one job', alarm);
  else if (registration.online && registration.enabled && !registration.assigned)
    if (alarm.passed(agent.since + spec.timeouts.orphanGraceMs))
      yield disable(agent, registration, 'somebody is online under its name, and there is no instance');
  if (registration.online || registration.assigned || !agent.life.quietOffline) return;
  if (agent.life.instanceSeen) {
    if (agent.life.quietOffline.to >= agent.since) yield deregister(agent, registration, 'its instance is gone');
  } else if (
    // By the clock of Azure it changed; where that is ahead of ours, what counts is since when it was seen so.
    alarm.passed(Math.min(registration.changedAt, agent.life.quietOffline.from) + spec.timeouts.orphanGraceMs) &&
    lasted(agent.life.quietOffline, PROOF_MS, alarm)
  ) {
    yield deregister(agent, registration, 'orphan');
  }
}

/** Whether readings have agreed for `ms`. The next reading rings by itself; the alarm is for the time in between. */
function lasted(span: Span, ms: number, alarm: Alarm): boolean {
  if (span.to - span.from >= ms) return true;
  alarm.passed(span.from + ms);
  return false;
}

function deregister({ agentPool = '', name, pool }: Agent, { agentId }: Registration, reason: string): Action {
  return { kind: 'delete-registration', pool, name, agentId, agentPool, reason };
}

function deleteInstance(agent: Agent, reason: string): Action {
  return { kind: 'delete-instance', pool: agent.pool, name: agent.name, reason };
}
