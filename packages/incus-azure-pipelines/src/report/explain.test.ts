import { describe, expect, test } from 'vitest';
import { aDeath } from '../../test/a-death.js';
import { anAgent, anObserved, aPool, JOB, known, NOW, nameOf, unknown } from '../../test/simulation/examples.js';
import type { AgentPhase } from '../model/agent.js';
import type { Observed } from '../model/observed.js';
import { azureKey, type PoolSpec } from '../model/pool.js';
import type { Turn, WaitingRequest } from '../model/queue.js';
import { plan } from '../plan/plan.js';
import type { Death } from './death.js';
import { explain } from './explain.js';
import type { Account } from './explanation.js';
import { statusOf } from './status.js';

const DEATH = aDeath(nameOf(9), NOW - 60_000, { base: 'base-1', why: 'vanished while it was idle' });
const HAD_A_JOB: Death = {
  ...DEATH,
  name: nameOf(8),
  why: 'its job is done',
  job: 'build\u001b[2J',
  result: 'succeeded',
  requestId: 7,
};

/** What a daemon tells that sees this. */
function account(
  observed: Observed,
  given: { readonly spec?: PoolSpec; readonly deaths?: readonly Death[]; readonly azure?: typeof observed.agents } = {},
): Account {
  const { deaths = [], spec = aPool() } = given;
  const pass = { at: NOW, observed, plan: plan([spec], observed, NOW, { maxConcurrentCreates: 1 }) };
  const status = statusOf([spec], pass, () => given.azure ?? { known: true, value: [], at: NOW });
  return { status, deaths, now: NOW };
}

const saying = (name: string, about: Account) => explain(name, about).says.join('\n');

test('an agent that works is there for its pool, with its job and its number', () => {
  const says = saying(nameOf(0), account(anObserved([anAgent(0, 'busy')])));
  expect(says).toContain('is busy for 17m: it has a job, and nothing ends it but the end of that.');
  expect(says).toContain(`It has the job "build" (request ${JOB.requestId}).`);
  expect(says).toContain('Pool linux wants 2 agents at all times.');
  expect(says).toContain('Its instance was made 60m ago, from base base-1.');
});

test('one that is booted ahead waits for what its pool waits for', () => {
  const registration: Observed['registration'] = new Map([['linux', { kind: 'probing', why: 'no answer yet' }]]);
  const observed = anObserved([anAgent(0, 'prepared')], { registration });
  expect(saying(nameOf(0), account(observed))).toContain('Its pool waits: no answer yet');
});

test('one that is being retired says what is done with it, and why', () => {
  const observed = anObserved([anAgent(0, 'idle')], { drained: new Set(['linux']) });
  expect(saying(nameOf(0), account(observed))).toContain('Under way: disable-agent, because: drained by a person.');
});

test('what fails for an agent is told with the time of the next try', () => {
  const failures = new Map([[`disable-agent/${nameOf(0)}`, { count: 3, retryAt: NOW + 20_000, error: 'forbidden' }]]);
  const says = saying(nameOf(0), account(anObserved([anAgent(0, 'idle')], { failures })));
  expect(says).toContain('disable-agent failed 3 times, and is tried again in 20s: forbidden');
});

test('while Azure cannot be read, an agent is as safe as it is stuck', () => {
  const azure = unknown(NOW - 300_000);
  const says = saying(nameOf(0), account(anObserved([anAgent(0, 'idle')]), { azure }));
  expect(says).toContain(
    'Azure cannot be read since 5m ago, so no agent is ended and none activated: connection refused',
  );
});

test('an agent that ended is explained by its record', () => {
  const { deaths, of, says } = explain(DEATH.name, account(anObserved([]), { deaths: [HAD_A_JOB, DEATH] }));
  expect([of, deaths]).toEqual(['agent', [DEATH]]);
  expect(says).toEqual([`${DEATH.name} is gone since 60s ago: vanished while it was idle`]);
});

test('a pool says how many it wants, what it waits for, what fails, and how its last agents ended', () => {
  const failures = new Map([
    ['create-instance/linux', { count: 1, retryAt: NOW + 12_000, error: 'no space left on device' }],
  ]);
  const says = saying('linux', account(anObserved([anAgent(0, 'idle')], { failures }), { deaths: [HAD_A_JOB, DEATH] }));
  expect(says).toContain('Pool linux wants 2 agents at all times; it has 1 agent of 2, 0 prepared and 0 preparing.');
  expect(says).toContain('It waits: no space left on device');
  expect(says).toContain('create-instance failed once, and is tried again in 12s: no space left on device');
  expect(says).toContain('Of its last 2 agents that ended, 1 did so because their job was done.');
  expect(says).toContain(`${DEATH.name} ended 60s ago: vanished while it was idle`);
});

test.each([
  ['Incus', { agents: unknown(NOW - 300_000) }, undefined, 'nothing is decided'],
  ['Azure', {}, unknown(NOW - 300_000), 'no agent is ended and none activated'],
] as const)('a pool says first that %s cannot be read, and counts nothing then', (what, observed, azure, sequel) => {
  const about = account(anObserved([anAgent(0, 'idle')], observed), azure === undefined ? {} : { azure });
  const { says } = explain('linux', about);
  expect(says[0]).toBe(`${what} cannot be read since 5m ago, so ${sequel}: connection refused`);
  expect(says).toContain('How many agents pool linux has is not known meanwhile.');
  expect(says.join('\n')).not.toMatch(/it has|agents? of \d|what it wants/);
});

test('a pool that keeps idle agents beside the busy ones says so', () => {
  const spec = aPool({ agentCount: 5, standby: 1, reserve: 2 });
  const says = saying('linux', account(anObserved([anAgent(0, 'busy'), anAgent(1, 'idle')]), { spec }));
  expect(says).toContain(
    'wants 1 idle agent beside 1 busy and a queue that is not read, 5 at most, and 2 more instances booted ahead',
  );
});

describe('a pool that follows the queue', () => {
  const spec = aPool({ agentCount: 3, standby: 1 });
  const waits = (requestId: number, given: Partial<WaitingRequest> = {}): WaitingRequest => ({
    requestId,
    jobName: 'build\u001b[2J',
    demands: [],
    agentPool: azureKey(spec.azure),
    since: NOW - 1_000,
    queuedAt: NOW - 90_000,
    pool: 'linux',
    unmet: [],
    couldTakeAt: undefined,
    held: false,
    mostAtOnce: undefined,
    turn: undefined,
    ...given,
  });

  const turnOf = (of: Turn['of']): Turn => ({ of, since: NOW, passed: 0 });

  test.each<[string, Partial<WaitingRequest>, readonly AgentPhase[], string]>([
    ['an agent on its way', {}, ['starting'], 'an agent is on its way for it'],
    ['an idle agent', {}, ['idle', 'idle'], 'an idle agent is about to be given it'],
    ['a free place', {}, ['busy', 'busy', 'busy'], 'all 3 agents of the pool have jobs'],
    ['a parallel job', { held: true, mostAtOnce: 4 }, ['busy'], 'runs as many jobs at once as it may, which is 4'],
    ['something else', { held: true }, ['idle'], 'a parallel job, an approval or an exclusive lock'],
    [
      'an agent of another host',
      { turn: turnOf('agent') },
      ['idle'],
      'an agent of another host is about to be given it',
    ],
    ['another host', { turn: turnOf('host') }, ['idle'], 'another host is to make an agent for it, if it has room'],
    ['an agent of this host', { turn: turnOf('here') }, ['starting'], 'an agent is on its way for it'],
    ['what no pool has', { pool: undefined, unmet: ['fpga'] }, ['idle'], 'no pool offers what it demands: "fpga"'],
  ])('says of a job that it waits for %s', (_, given, phases, why) => {
    const queued = new Map([['linux', { known: true, value: 1, at: NOW }]]) satisfies Observed['queued'];
    const agents = phases.map((phase, n) => anAgent(n, phase));
    const about = account(anObserved(agents, { queued, waiting: [waits(8, given), waits(9, given)] }), { spec });
    expect(saying('linux', about)).toContain(`2 job requests wait (8, 9): `);
    expect(saying('linux', about)).toContain(why);
    expect(saying('9', about)).toMatch(/^Job request 9 \("build.*"\) waits in .* since 90s ago: /);
    expect(saying('9', about)).not.toContain('\u001b');
    expect(saying('9', about)).toContain(why);
    expect(saying('7', about)).toContain(
      'It did not wait in an agent pool of this installation when the queue was read 0s ago.',
    );
  });

  test('says that its queue cannot be read, and what follows from it', () => {
    const about = account(anObserved([anAgent(0, 'idle')], { queued: new Map([['linux', unknown()]]) }), { spec });
    expect(saying('linux', about)).toMatch(
      /^The queue cannot be read since .*, so no agent is made for it, and none drained/m,
    );
    expect(saying('9', about)).toContain('Not every queue of Azure is read');
  });

  test('says of what waited when the queue was read that it did', () => {
    const queued = new Map([['linux', unknown()]]);
    const about = account(anObserved([anAgent(0, 'idle')], { queued, waiting: [waits(8)] }), { spec });
    expect(saying('8', about)).toContain('it waited when the queue was read last, and no agent is made meanwhile');
  });

  test('does not say where a job does not wait before anything is read', () => {
    expect(saying('9', account(anObserved([], { agents: unknown() }), { spec }))).toContain('Not every queue of Azure');
  });

  const seen = (given: Partial<Observed>, phases: readonly AgentPhase[]) => {
    const queued = new Map([['linux', { known: true, value: 3, at: NOW }]]) satisfies Observed['queued'];
    const agents = phases.map((phase, n) => anAgent(n, phase));
    const waiting = [waits(7), waits(8), waits(9)];
    return saying('linux', account(anObserved(agents, { queued, waiting, ...given }), { spec }));
  };

  test('says of so many jobs that an idle agent gets them as agents are idle', () => {
    const says = seen({}, ['idle', 'starting']);
    expect(says).toContain('1 job request waits (7): an idle agent is about to be given it.');
    expect(says).toContain('2 job requests wait (8, 9): an agent is on its way for it.');
  });

  test('says of a pool of one that its only agent has a job', () => {
    const lone = aPool({ agentCount: 1 });
    const observed = anObserved([anAgent(0, 'busy')], { queued: new Map([['linux', known(1)]]), waiting: [waits(9)] });
    expect(saying('9', account(observed, { spec: lone }))).toMatch(/: the only agent of the pool has a job\.$/);
  });

  test('says what keeps it from making agents', () => {
    const failures = new Map([['create-instance/linux', { count: 1, retryAt: NOW + 12_000, error: 'no space left' }]]);
    const says = seen({ failures }, ['idle']);
    expect(says).toContain('(8, 9): no agent is made for it now, since pool linux waits: no space left.');
    expect(says).toContain('(7): an idle agent is about to be given it.');
    expect(seen({ drained: new Set(['linux']) }, ['idle'])).toContain(
      '3 job requests wait (7, 8, 9): pool linux could',
    );
  });
});

test('a job is with the agent that has it', () => {
  const { says } = explain(String(JOB.requestId), account(anObserved([anAgent(0, 'busy')])));
  expect(says).toEqual([`Job request 42 ("build") is with ${nameOf(0)} for 17m.`]);
});

test('a job that is over was with the agent that had it, and its name forges nothing', () => {
  const { says } = explain('7', account(anObserved([]), { deaths: [DEATH, HAD_A_JOB] }));
  expect(says).toEqual([
    `Job request 7 ("build\\u001b[2J"), which ended as succeeded, was with ${HAD_A_JOB.name}, which is gone since 60s ago: its job is done`,
  ]);
});

test('of a job that no agent had it is said what is known, and no more', () => {
  const says = saying('99', account(anObserved([anAgent(0, 'idle'), anAgent(1, 'busy')]), { deaths: [DEATH] }));
  expect(says).toContain('No agent of this installation has job request 99, and none of the last 1 that ended had it.');
  expect(says).toContain('Not every queue of Azure is read');
  expect(says).toContain('In agent pool "agents" pool linux has 1 idle: if the job waits there, then for');
  const full = saying('99', account(anObserved([anAgent(0, 'busy'), anAgent(1, 'busy')])));
  expect(full).toContain('pool linux has no idle agent and 2 busy: a place is free when one of them ends.');
});

test.each([
  ['linx', 'near to it: linux'],
  [nameOf(0).slice(-5), `near to it: ${nameOf(0)}`],
  ['nothing-like-it', '"status" lists those that are there'],
])('nothing is called %s, and what is near to it is named', (name, remedy) => {
  const about = account(anObserved([anAgent(0, 'idle')]));
  expect(() => explain(name, about)).toThrow(`no agent and no pool is called "${name}"`);
  expect(() => explain(name, about)).toThrow(remedy);
});
