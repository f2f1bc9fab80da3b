/** What the daemon promises about pools that follow the queue. */
import { PREPARATION, targetOf } from '../../src/model/action.js';
import { type Agent, type AgentPhase, isLive, type Registration } from '../../src/model/agent.js';
import { knownValue, type Observed, type Reading } from '../../src/model/observed.js';
import { azureKey, type PoolSpec, scales } from '../../src/model/pool.js';
import { isLeft, type UnfinishedRequest } from '../../src/model/queue.js';
import { HELD_MS } from '../../src/observe/queue.js';
import type { Sight } from '../../src/reconcile/controller.js';
import { hasRoomFor } from './host-room.js';
import { type Decision, promised } from './promises.js';
import { standbyNow } from './standby-hours.js';
import type { World } from './world.js';

/**
 * Holds a decision, and what it counts, against the promises about the queue. `queued` are the requests that truly
 * wait: a reading may be older. @throws BrokenPromise.
 */
export function checkQueue(
  decision: Decision,
  { parallelJobs, requests, registrations }: Pick<Sight, 'parallelJobs' | 'requests' | 'registrations'>,
  queued: ReadonlySet<number>,
): void {
  const { desired, observed } = decision;
  for (const [key, reading] of requests) {
    const counts = desired.flatMap(spec =>
      azureKey(spec.azure) === key ? (observed.queued.get(spec.name) ?? []) : [],
    );
    const isRead = reading.known && registrations.get(key)?.known === true;
    promised(isRead || counts.every(({ known }) => !known), 'what waits is not known while it is not read', () => key);
    const counted = counts.reduce((sum, count) => sum + (knownValue(count) ?? 0), 0);
    const online = (knownValue(registrations.get(key)) ?? []).filter(one => one.online);
    const held = new Set(online.map(({ assigned }) => assigned?.requestId));
    const waiting = (knownValue(reading) ?? []).filter(
      ({ received, requestId }) => !received && !held.has(requestId),
    ).length;
    promised(counted <= waiting, 'a request counts for one pool', () => `${counted} of ${waiting}`);
    const most = parallelJobs?.get(key);
    if (most !== undefined)
      checkParallelJobs(most, counted, knownValue(reading) ?? [], having(decision, registrations.get(key)));
  }
  for (const spec of desired) {
    if (!scales(spec)) continue;
    checkScaleDown(spec, decision);
    const key = azureKey(spec.azure);
    const isAlone = desired.every(other => other === spec || azureKey(other.azure) !== key);
    const taken = having(decision, registrations.get(key));
    const isOpen = ({ demands, received, requestId }: UnfinishedRequest) =>
      demands.length === 0 && !received && !taken.has(requestId) && queued.has(requestId);
    const open = (knownValue(requests.get(key)) ?? []).filter(isOpen);
    if (isAlone) checkGrowth(spec, decision, open, doneUnseen(spec, decision, requests.get(key)));
  }
}

/**
 * That a request waits for something else than an agent shows beside idle agents, and in a minute: whoever takes a fresh one for
 * such makes no agent for it. By true time, since the daemon's own clock may be set meanwhile. @throws BrokenPromise.
 */
export function checkHeld({ waiting }: Observed, requests: Sight['requests'], { clock, timeline }: World): void {
  const queued = new Map<number, number>();
  for (const reading of requests.values())
    for (const { queuedAt, requestId } of knownValue(reading) ?? [])
      if (queuedAt !== undefined) queued.set(requestId, queuedAt);
  for (const { held, mostAtOnce, requestId } of waiting) {
    const at = queued.get(requestId);
    if (!held || mostAtOnce !== undefined || at === undefined || clock.setAt >= at) continue;
    const ms = timeline.now - at;
    promised(ms >= HELD_MS, 'nothing fresh is taken for what waits for something else', () => `${requestId}: ${ms} ms`);
  }
}

/** The requests that agents have, or had. */
function having({ observed }: Decision, reading: Reading<readonly Registration[]> | undefined) {
  const all = new Set(knownValue(reading)?.map(({ assigned }) => assigned?.requestId));
  for (const { life } of knownValue(observed.agents) ?? []) all.add(life.requestId);
  return all;
}

/** Beyond what may run at once one more counts at most, unless more seem to run: then the number may be wrong. */
function checkParallelJobs(
  most: number,
  counted: number,
  requests: readonly UnfinishedRequest[],
  taken: ReadonlySet<number | undefined>,
): void {
  const running = requests.filter(({ received, requestId }) => received || taken.has(requestId)).length;
  const received = requests.filter(one => one.received).length;
  promised(
    running > most || counted <= most + 1 - received,
    'of what waits for a parallel job one request counts',
    () => `${counted} count beside ${received} that run, of ${most}`,
  );
}

/** How many jobs its agents say that they have done since the queue was read. */
function doneUnseen(spec: PoolSpec, { observed }: Decision, reading: Reading<unknown> | undefined): number {
  const own = (knownValue(observed.agents) ?? []).filter(({ pool }) => pool === spec.name);
  const isDone = ({ life, since }: Agent) =>
    life.saidFinished && life.requestId === undefined && reading?.known === true && since > reading.at;
  return own.filter(isDone).length;
}

const ENDED: readonly AgentPhase[] = ['finished', 'stopped', 'orphan'];

/**
 * For all that waits and that any agent can do there is an agent, or an instance on its way to one, as far as there is room,
 * but where nothing more may be made now.
 */
function checkGrowth(spec: PoolSpec, decision: Decision, open: readonly UnfinishedRequest[], done: number): void {
  const { observed, options, plan } = decision;
  const wanted = knownValue(observed.wantedBases.get(spec.name));
  const base = knownValue(observed.bases)?.find(({ name }) => name === wanted);
  const isHeldUp = ['create-instance', PREPARATION].some(kind => observed.failures.has(`${kind}/${spec.name}`));
  if (!observed.queued.get(spec.name)?.known || !base?.provenFor.includes(spec.name) || isHeldUp) return;
  if (observed.drained.has(spec.name) || !hasRoomFor(spec, decision)) return;
  const all = knownValue(observed.agents) ?? [];
  const own = all.filter(agent => agent.pool === spec.name);
  const named = new Set(all.map(({ name }) => name));
  const inPhase = (...phases: readonly AgentPhase[]) => own.filter(({ phase }) => phases.includes(phase)).length;
  const underWay = [...observed.inFlight, ...plan.actions];
  const creations = underWay.filter(action => action.kind === 'create-instance');
  const made = creations.filter(({ name }) => !named.has(name));
  const booting = all.filter(({ name, phase }) => phase === 'preparing' && !creations.some(one => one.name === name));
  const ceiling = spec.agentCount + spec.reserve + Math.max(1, Math.floor(spec.agentCount / 2));
  const there = own.filter(({ instance }) => instance).length;
  if (creations.length + booting.length >= options.maxConcurrentCreates || there + made.length >= ceiling) return;
  const others = observed.waiting.filter(one => one.held || isLeft(one)).map(({ requestId }) => requestId);
  const waiting = Math.max(0, open.filter(({ requestId }) => !others.includes(requestId)).length - done);
  const target = Math.min(spec.agentCount, inPhase('busy') + waiting + standbyNow(spec, decision.now));
  const useful = inPhase('starting', 'idle', 'busy', 'unclear');
  const places = spec.agentCount - own.filter(({ phase }) => isLive(phase)).length;
  // Who is being activated keeps its place to the end of that, whatever has become of it.
  const last = new Set(own.flatMap(({ name, phase }) => (ENDED.includes(phase) ? [] : [name])));
  const vanished = underWay.filter(action => action.kind === 'activate-agent' && !last.has(action.name));
  const coming =
    inPhase('prepared', 'listening', 'preparing') +
    [...made, ...vanished].filter(({ pool }) => pool === spec.name).length;
  promised(
    coming >= Math.min(target - useful, places),
    'what waits has an agent coming while there is room',
    () => `${spec.name}: ${waiting} wait, ${useful} of ${target} are there and ${coming} come`,
  );
}

/** What is above agentCount goes at once. Else it is the queue that tells who is too many, and whoever is has had its time. */
function checkScaleDown(spec: PoolSpec, { now, observed, plan }: Decision): void {
  const agents = (knownValue(observed.agents) ?? []).filter(agent => agent.pool === spec.name && isLive(agent.phase));
  if (agents.length > spec.agentCount || observed.drained.has(spec.name)) return;
  const idle = agents.filter(({ phase }) => phase === 'idle');
  const drains = plan.actions.filter(
    action =>
      action.kind === 'disable-agent' &&
      idle.some(({ name }) => name === action.name && !observed.drainedAgents.has(name)),
  );
  const isKnown = observed.queued.get(spec.name)?.known === true;
  promised(drains.length === 0 || isKnown, 'nobody is drained while the queue is not known', () =>
    drains.map(action => `${targetOf(action)} (${action.reason})`).join(', '),
  );
  const gone = drains.filter(({ reason }) => reason === 'above target').map(targetOf);
  if (gone.length === 0) return;
  const told = () => `${gone.join(', ')} of ${spec.name}`;
  const isDue = (name: string) => idle.some(agent => agent.name === name && agent.since + spec.timeouts.idleMs <= now);
  promised(gone.every(isDue), 'an agent has its time to be of use', told);
  promised(
    idle.length - gone.length >= standbyNow(spec, now),
    'scaling down leaves as many idle as were asked for',
    told,
  );
}
