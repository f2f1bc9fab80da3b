import type { BaseRecord, InstanceRecord, Life, Registration } from '../../src/model/agent.js';
import { type Agent, type AgentPhase, isLive } from '../../src/model/agent.js';
import { agentName } from '../../src/model/agent-name.js';
import { CONTRACT } from '../../src/model/marks.js';
import type { Observed } from '../../src/model/observed.js';
import type { PoolSpec } from '../../src/model/pool.js';
import type { Reading } from '../../src/model/reading.js';
import { shapeOf } from '../../src/model/shape.js';

/** The moment at which the examples are looked at. */
export const NOW = Date.UTC(2030, 0, 1);
export const OWNER = 'a1b2c3';
/** Installations, all with the same prefix. */
export const OWNERS: readonly string[] = [
  OWNER,
  'd4e5f6',
  ...Array.from({ length: 38 }, (_, index) => (0x0718c9 + 0x05e6f7 * index).toString(16).padStart(6, '0')),
];

/** A pool with nothing special about it. */
export function aPool(given: Partial<PoolSpec> = {}): PoolSpec {
  const agentCount = given.agentCount ?? 2;
  return {
    name: 'linux',
    azure: { url: 'https://azure.test/org', agentPool: 'agents' },
    registration: 'guest',
    agentCount,
    standby: agentCount,
    reserve: 0,
    reserveListening: false,
    agentPrefix: 'host',
    base: {
      image: { kind: 'local', alias: 'debian' },
      isMade: false,
      provisionScripts: [],
      docker: false,
      tmpfsSizeBytes: undefined,
      agent: { kind: 'latest' },
      refreshMs: 86_400_000,
    },
    instance: { cores: undefined, memoryBytes: undefined, diskSizeBytes: undefined, maxProcesses: 1000 },
    environment: {},
    timeouts: {
      preparationMs: 30_000,
      startupGraceMs: 60_000,
      offlineGraceMs: 40_000,
      idleMs: 600_000,
      powerOffMs: 10_000,
      maxJobMs: undefined,
      orphanGraceMs: 90_000,
    },
    ...given,
  };
}

/** The shape of instances of a pool with nothing special about it. */
const SHAPE = shapeOf(aPool());

/** A reading that began at `at`. */
export function known<T>(value: T, at = NOW): Reading<T> {
  return { known: true, value, at };
}

export function unknown(since = NOW): Reading<never> {
  return { known: false, error: 'connection refused', since };
}

/** The name of the n-th example. */
export function nameOf(n: number): string {
  return agentName('host', OWNER, NOW - 3_600_000 + n);
}

export function anInstance(given: Partial<InstanceRecord> = {}): InstanceRecord {
  return {
    name: nameOf(0),
    pool: 'linux',
    agentPool: 'https://azure.test/org agents',
    agentPoolId: undefined,
    status: 'running',
    base: 'base-1',
    shape: SHAPE,
    contract: CONTRACT,
    createdAt: NOW - 3_600_000,
    idsFrom: undefined,
    activatedAt: NOW - 3_000_000,
    listeningAt: undefined,
    rangSinceChange: false,
    noisy: false,
    isWeighed: true,
    ...given,
  };
}

/** Online, enabled, without a job. */
export function aRegistration(given: Partial<Registration> = {}): Registration {
  return {
    agentId: 7,
    name: nameOf(0),
    online: true,
    enabled: true,
    assigned: undefined,
    completed: undefined,
    changedAt: NOW - 3_000_000,
    ...given,
  };
}

export const JOB = { requestId: 42, received: true, jobName: 'build', waitedMs: 800, result: undefined } as const;

export function aLife(given: Partial<Life> = {}): Life {
  return {
    instanceSeen: true,
    activeSince: NOW - 3_000_000,
    agentId: undefined,
    registeredAs: undefined,
    seenStarted: false,
    saidPrepared: false,
    saidFinished: false,
    seenOnline: false,
    requestId: undefined,
    result: undefined,
    requestSince: undefined,
    disbelieved: false,
    enablableUntil: undefined,
    quietDisabled: undefined,
    quietOffline: undefined,
    quietAbsent: undefined,
    quietUnassigned: undefined,
    deregistered: false,
    quietStopped: undefined,
    ...given,
  };
}

/** The n-th example of an agent in a phase, with the instance and the registration that go with it. */
export function anAgent(n: number, phase: AgentPhase, given: Partial<Agent> = {}): Agent {
  const name = nameOf(n);
  const fresh = phase === 'preparing' || phase === 'prepared';
  const there = phase === 'orphan' || phase === 'listening' || (isLive(phase) && phase !== 'starting');
  const registration = aRegistration({
    name,
    agentId: n,
    enabled: phase !== 'draining' && phase !== 'listening',
    online: phase !== 'offline' && phase !== 'orphan' && phase !== 'unclear',
    assigned: phase === 'busy' ? JOB : undefined,
  });
  return {
    name,
    pool: 'linux',
    agentPool: 'https://azure.test/org agents',
    phase,
    since: NOW - 1_000_000,
    instance:
      phase === 'orphan'
        ? undefined
        : anInstance({
            name,
            status:
              phase === 'prepared' ? 'ready' : phase === 'unclear' ? 'error' : phase === 'stopped' ? phase : 'running',
            ...(phase === 'listening' ? { listeningAt: NOW - 3_000_000 } : {}),
            ...(fresh ? { activatedAt: undefined, createdAt: NOW - 10_000 } : {}),
          }),
    registration: known(there ? registration : undefined),
    life: aLife({ seenStarted: !fresh, seenOnline: there }),
    ...given,
  };
}

/** A base that is ready and that no agent has shown to work. */
export function aBase(name: string, given: Partial<BaseRecord> = {}): BaseRecord {
  return {
    name,
    pool: 'linux',
    ready: true,
    idsFrom: undefined,
    contract: CONTRACT,
    createdAt: 1,
    own: '',
    image: '',
    checkedAt: 1,
    agentVersion: '4.275.0',
    docker: false,
    copyCost: undefined,
    provenFor: [],
    ...given,
  };
}

/** What a pass sees: these agents, a base that is known to work, and nothing else. */
export function anObserved(agents: readonly Agent[], given: Partial<Observed> = {}): Observed {
  return {
    owner: OWNER,
    agents: known(agents),
    bases: known([aBase('base-1', { copyCost: undefined, provenFor: ['linux'] })]),
    wantedBases: new Map([['linux', known('base-1')]]),
    queued: new Map(),
    waiting: [],
    offers: new Map(),
    placeholders: new Map(),
    withoutPlaceholder: new Set(),
    drained: new Set(),
    drainedAgents: new Set(),
    inFlight: [],
    failures: new Map(),
    collected: new Set(),
    asked: new Map(),
    disabled: new Map(),
    warned: new Map(),
    registration: new Map(),
    creationBlocked: undefined,
    ...given,
  };
}
