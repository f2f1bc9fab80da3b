import { type Action, type ActionKind, TRIAL } from '../../src/model/action.js';
import type { Agent, AgentPhase, BaseRecord } from '../../src/model/agent.js';
import type { Observed } from '../../src/model/observed.js';
import { knownValue, type Reading } from '../../src/model/reading.js';
import { join } from '../../src/observe/join.js';
import { plan } from '../../src/plan/plan.js';
import type { Brain } from './brain.js';
import { deedOf } from './deeds.js';
import { aBase } from './examples.js';
import type { Planner } from './promises.js';

/** A bug that is planted on purpose: the simulation is worth something only if it finds each. */
export interface Mutant {
  readonly bug: string;
  readonly brain: Brain;
}

/** The real plan, decided on a falsified picture. */
function seeing(falsify: (observed: Observed, now: number) => Observed): Planner {
  return (desired, observed, now, options) => plan(desired, falsify(observed, now), now, options);
}

function seeingAgents(falsify: (agents: readonly Agent[], observed: Observed) => readonly Agent[]): Planner {
  return seeing(observed => {
    const { agents } = observed;
    return agents.known ? { ...observed, agents: { ...agents, value: falsify(agents.value, observed) } } : observed;
  });
}

/** The real plan, with something added to it or taken away. */
function doing(change: (actions: readonly Action[], agents: readonly Agent[]) => Action[]): Planner {
  return (desired, observed, now, options) => {
    const real = plan(desired, observed, now, options);
    const taken = new Set(observed.inFlight.map(action => ('name' in action ? action.name : '')));
    const free = (knownValue(observed.agents) ?? []).filter(agent => !taken.has(agent.name));
    return { ...real, actions: change(real.actions, free) };
  };
}

/** The real plan, and an action of ours for every agent that has been in its phase for so long. */
function adding(phase: AgentPhase, afterMs: number, choose: (agent: Agent) => Action | undefined): Planner {
  return (desired, observed, now, options) => {
    const due = (agent: Agent) => agent.since + afterMs;
    const agents = (knownValue(observed.agents) ?? []).filter(agent => agent.phase === phase);
    const mutated = doing((actions, free) => {
      const added = free.flatMap(agent => (agent.phase === phase && due(agent) <= now ? (choose(agent) ?? []) : []));
      const names = new Set(added.map(action => ('name' in action ? action.name : '')));
      return [...actions.filter(action => !('name' in action && names.has(action.name))), ...added];
    })(desired, observed, now, options);
    const wakeAt = Math.min(mutated.wakeAt ?? Number.POSITIVE_INFINITY, ...agents.map(due).filter(at => at > now));
    return { ...mutated, wakeAt: wakeAt === Number.POSITIVE_INFINITY ? undefined : wakeAt };
  };
}

function changed<T>(reading: Reading<readonly T[]>, change: (value: T) => T): Reading<readonly T[]> {
  return reading.known ? { ...reading, value: reading.value.map(change) } : reading;
}

function prove(base: BaseRecord): BaseRecord {
  return { ...base, provenFor: [...base.provenFor, base.pool] };
}

function forget(base: BaseRecord): BaseRecord {
  return { ...base, provenFor: [] };
}

function deletion({ name, pool }: Agent): Action {
  return { kind: 'delete-instance', pool, name, reason: 'planted' };
}

function deregistration({ agentPool = '', name, pool, registration }: Agent): Action | undefined {
  const agentId = knownValue(registration)?.agentId;
  if (agentId === undefined) return undefined;
  return { kind: 'delete-registration', pool, name, agentId, agentPool, reason: 'planted' };
}

const planners: Readonly<Record<string, Planner>> = {
  'drains without proof': adding('draining', 0, deregistration),
  'stops idle agents of its own accord': adding('idle', 20_000, deletion),
  'ends jobs that run long': adding('busy', 30_000, deletion),
  "deletes the finished on the guest's word": adding('finished', 3_000, deletion),
  'takes Error for an end': adding('unclear', 0, deletion),
  'deletes registrations of others': (desired, observed, now, options) => {
    const real = plan(desired, observed, now, options);
    const pool = desired[0]?.name ?? '';
    const action: Action = {
      kind: 'delete-registration',
      pool,
      name: 'somebody',
      agentId: 2,
      agentPool: '',
      reason: 'planted',
    };
    return { ...real, actions: observed.inFlight.length === 0 ? [...real.actions, action] : real.actions };
  },
  'takes an unread Incus for an empty one': seeing((observed, now) => {
    if (observed.agents.known) return observed;
    const wanted = [...observed.wantedBases].flatMap(([pool, reading]) => {
      const name = knownValue(reading);
      return name === undefined ? [] : [aBase(name, { pool, createdAt: now })];
    });
    const bases = { known: true, value: wanted, at: now } as const;
    return { ...observed, agents: { known: true, value: [], at: now }, bases };
  }),
  'takes an unread Azure for an empty one': seeingAgents(agents =>
    agents.map(agent =>
      agent.registration.known ? agent : { ...agent, registration: { known: true, value: undefined, at: agent.since } },
    ),
  ),
  'does not count the busy': seeingAgents(agents =>
    agents.map(agent => (agent.phase === 'busy' ? { ...agent, phase: 'finished' } : agent)),
  ),
  'does not count what starts': seeingAgents(agents => agents.filter(agent => agent.phase !== 'starting')),
  'forgets what is under way': seeing(observed => ({ ...observed, inFlight: [] })),
  'knows no ceiling of instances': (desired, observed, now, options) =>
    plan(
      desired.map(spec => ({ ...spec, reserve: spec.reserve + 3 })),
      observed,
      now,
      options,
    ),
  'creates without limit': (desired, observed, now) => plan(desired, observed, now, { maxConcurrentCreates: 100 }),
  'does not back off': seeing(observed => ({ ...observed, failures: new Map() })),
  'sets no wakeAt': (desired, observed, now, options) => ({
    ...plan(desired, observed, now, options),
    wakeAt: undefined,
  }),
  'depends on more than its arguments': (() => {
    let calls = 0;
    return (desired, observed, now, options) => {
      const real = plan(desired, observed, now, options);
      calls += 1;
      return calls % 50 === 0 ? { ...real, actions: [] } : real;
    };
  })(),
  'ends long jobs without a word': seeing(observed => ({
    ...observed,
    warned: new Map(knownValue(observed.agents)?.map(({ name }) => [name, 0])),
  })),
  'does not fence': doing(actions => actions.filter(action => action.reason !== 'has its one job')),
  'leaves orphans': doing(actions => actions.filter(action => action.reason !== 'orphan')),
  'leaves what stopped': doing(actions => actions.filter(action => action.reason !== 'stopped and still there')),
  'leaves what does not power off': doing(actions =>
    actions.filter(action => action.reason !== 'finished, but did not power off'),
  ),
  'leaves what never came online': doing(actions => actions.filter(action => action.reason !== 'never came online')),
  'leaves what is offline': doing(actions => actions.filter(action => action.reason !== 'offline too long')),
  'leaves what was not prepared': doing(actions =>
    actions.filter(action => action.reason !== 'was not prepared in time'),
  ),
  'keeps the surplus': doing(actions => actions.filter(action => action.reason !== 'above target')),
  'keeps the old base': doing(actions => actions.filter(action => action.reason !== 'of an old base')),
  'takes every base for one that works': seeing(observed => ({ ...observed, bases: changed(observed.bases, prove) })),
  'forgets which bases work': seeing(observed => ({ ...observed, bases: changed(observed.bases, forget) })),
  'tries a base without a pause': seeing(observed => ({
    ...observed,
    failures: new Map([...observed.failures].filter(([key]) => !key.startsWith(TRIAL))),
  })),
  'tries again all at once what has failed': seeing((observed, now) => ({
    ...observed,
    failures: new Map([...observed.failures].filter(([, { retryAt }]) => retryAt > now)),
  })),
  'keeps bases that nobody needs': doing(actions => actions.filter(action => action.kind !== 'delete-base')),
  'leaves what removed pools had': doing(actions =>
    actions.filter(action => action.reason !== 'its pool is not in the configuration any more'),
  ),
  'replaces no more than half': (desired, observed, now, options) =>
    plan(
      desired.map(spec => ({ ...spec, standby: Math.ceil(spec.standby / 2) })),
      observed,
      now,
      options,
    ),
};

const joins: Readonly<Record<string, typeof join>> = {
  'trusts the clock that marked an activation': (...given) => {
    const agents = join(...given);
    const marked = (agent: Agent) => ({ ...agent, life: { ...agent.life, activeSince: agent.instance?.activatedAt } });
    return agents.known ? { ...agents, value: agents.value.map(marked) } : agents;
  },
  'takes an activation that drags on for a finished agent': (before, sightings, ...given) =>
    join(before, { ...sightings, activating: new Set() }, ...given),
  'believes a finished guest for ever': (...given) => {
    const agents = join(...given);
    const value = knownValue(agents) ?? [];
    return agents.known
      ? { ...agents, value: value.map(agent => (agent.life.disbelieved ? { ...agent, phase: 'finished' } : agent)) }
      : agents;
  },
  'takes the calm before it was enabled for a proof': (...given) => {
    const agents = join(...given);
    const before = new Map(given[0].map(agent => [agent.name, agent.life.quietDisabled]));
    const value = (knownValue(agents) ?? []).map(agent => {
      const { life, phase, registration } = agent;
      if (knownValue(registration)?.enabled !== false || !registration.known) return agent;
      const quietDisabled = { from: before.get(agent.name)?.from ?? registration.at, to: registration.at };
      return { ...agent, phase: phase === 'starting' ? 'draining' : phase, life: { ...life, quietDisabled } } as const;
    });
    return agents.known ? { ...agents, value } : agents;
  },
  'starts every clock anew': (...given) => {
    const agents = join(...given);
    const [, , , , since] = given;
    return agents.known ? { ...agents, value: agents.value.map(agent => ({ ...agent, since })) } : agents;
  },
};

/** The steps of an executor in the wrong order. */
function reversed(kind: ActionKind): Brain {
  return {
    join,
    plan,
    deedOf: (action, world, now) => {
      const deed = deedOf(action, world, now);
      return action.kind === kind ? { ...deed, steps: deed.steps.toReversed() } : deed;
    },
  };
}

export const mutants: readonly Mutant[] = [
  { bug: 'enables before the mark is gone', brain: reversed('enable-agent') },
  ...Object.entries(planners).map(([bug, planner]) => ({ bug, brain: { join, plan: planner } })),
  ...Object.entries(joins).map(([bug, mutated]) => ({ bug, brain: { join: mutated, plan } })),
];
