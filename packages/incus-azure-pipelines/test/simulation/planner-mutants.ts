import { type Action, TRIAL, triedBy } from '../../src/model/action.js';
import { knownValue } from '../../src/model/reading.js';
import { SHARES_IDS } from '../../src/plan/own-ids.js';
import { plan } from '../../src/plan/plan.js';
import { MAKES_WAY } from '../../src/plan/trial.js';
import { aBase } from './examples.js';
import {
  adding,
  changed,
  deletion,
  deregistration,
  disabling,
  doing,
  forget,
  prove,
  seeing,
  seeingAgents,
  withoutIds,
} from './falsified.js';
import type { Planner } from './promises.js';

function none(at: number) {
  return { known: true, value: 0, at } as const;
}

/** Bugs of the planner, by what each does. */
export const planners: Readonly<Record<string, Planner>> = {
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
  'counts what has stopped as capacity': seeingAgents(agents =>
    agents.map(agent => (agent.phase === 'stopped' ? { ...agent, phase: 'busy' } : agent)),
  ),
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
  'waits for a reading of the job before it fences': doing(actions =>
    actions.filter(action => action.reason !== 'says that it is finished'),
  ),
  'lets somebody keep the key of a job': doing(actions =>
    actions.filter(action => action.reason !== 'its instance is gone, and it has had its one job'),
  ),
  'leaves orphans': doing(actions => actions.filter(action => action.reason !== 'orphan')),
  'leaves what stopped': doing(actions => actions.filter(action => action.reason !== 'stopped and still there')),
  'leaves what does not power off': doing(actions =>
    actions.filter(action => action.reason !== 'finished, but did not power off'),
  ),
  'leaves what never came online': doing(actions => actions.filter(action => action.reason !== 'never came online')),
  'leaves what is offline': doing(actions => actions.filter(action => action.reason !== 'offline too long')),
  'leaves what has forgotten that it is prepared': doing(actions =>
    actions.filter(action => action.kind !== 'ask-prepared'),
  ),
  'leaves what was not prepared': doing(actions =>
    actions.filter(action => action.reason !== 'was not prepared in time'),
  ),
  'deletes without a look at the log': seeing(observed => ({
    ...observed,
    collected: new Set(knownValue(observed.agents)?.map(({ name }) => name)),
  })),
  'keeps the surplus': doing(actions => actions.filter(action => action.reason !== 'above target')),
  'drains only what is idle': (desired, observed, now, options) => {
    const { actions, ...rest } = plan(desired, observed, now, options);
    const idle = new Set(knownValue(observed.agents)?.flatMap(({ name, phase }) => (phase === 'idle' ? [name] : [])));
    const isKept = (action: Action) =>
      action.kind !== 'disable-agent' || action.reason !== 'drained by a person' || idle.has(action.name);
    return { ...rest, actions: actions.filter(isKept) };
  },
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
  'makes agents of guests that share user ids': seeingAgents(agents => agents.map(withoutIds)),
  'forgets who has user ids while it is being activated': seeingAgents((agents, { inFlight }) => {
    const activating = new Set(inFlight.flatMap(action => (action.kind === 'activate-agent' ? [action.name] : [])));
    return agents.map(agent => (activating.has(agent.name) ? withoutIds(agent) : agent));
  }),
  'gives up all that share user ids': doing((actions, free) => {
    const holders = new Set(
      actions.flatMap(({ reason }) => (reason.startsWith(SHARES_IDS) ? reason.split(' ').at(-1) : [])),
    );
    const guests = free.filter(
      ({ instance, name }) => holders.has(name) && instance && instance.activatedAt === undefined,
    );
    const names = new Set(guests.map(({ name }) => name));
    const others = actions.filter(action => !('name' in action && names.has(action.name)));
    return [...others, ...guests.map(guest => ({ ...deletion(guest), reason: SHARES_IDS }))];
  }),
  'takes an unknown queue for an empty one': seeing((observed, now) => ({
    ...observed,
    queued: new Map([...observed.queued].map(([pool, reading]) => [pool, reading.known ? reading : none(now)])),
  })),
  'gives agents up for another base while the queue is not known': seeing((observed, now) => ({
    ...observed,
    queued: new Map(
      [...observed.queued].map(([pool, reading]) => [pool, reading.known ? reading : { ...none(now), value: 1_000 }]),
    ),
  })),
  'gives up an agent for one that tries a base though a place is free': doing((actions, free) =>
    actions.flatMap(action => {
      const trial = action.kind === 'activate-agent' && triedBy(action) !== undefined;
      const idle = free.find(({ phase, pool }) => trial && phase === 'idle' && pool === action.pool);
      return (idle && disabling(idle, MAKES_WAY)) ?? action;
    }),
  ),
  'does not look at the queue': seeing((observed, now) => ({
    ...observed,
    queued: new Map([...observed.queued].map(([pool, reading]) => [pool, reading.known ? none(now) : reading])),
  })),
  'scales down at once': (desired, observed, now, options) =>
    plan(
      desired.map(spec => ({ ...spec, timeouts: { ...spec.timeouts, idleMs: 0 } })),
      observed,
      now,
      options,
    ),
  'does not look at the clock': (desired, observed, now, options) =>
    plan(
      desired.map(spec => ({ ...spec, standbyHours: [] })),
      observed,
      now,
      options,
    ),
  'replaces no more than half': (desired, observed, now, options) =>
    plan(
      desired.map(spec => ({ ...spec, standby: Math.ceil(spec.standby / 2) })),
      observed,
      now,
      options,
    ),
};
