import { expect, test } from 'vitest';
import { anAgent, anObserved, aPool, JOB, NOW, nameOf, unknown } from '../../test/simulation/examples.js';
import type { Observed } from '../model/observed.js';
import type { PoolSpec } from '../model/pool.js';
import { plan } from '../plan/plan.js';
import type { Death } from './death.js';
import { explain } from './explain.js';
import type { Account } from './explanation.js';
import { statusOf } from './status.js';

const DEATH: Death = {
  name: nameOf(9),
  pool: 'linux',
  base: 'base-1',
  why: 'vanished while it was idle',
  job: undefined,
  result: undefined,
  waitedMs: undefined,
  requestId: undefined,
  goneAt: NOW - 60_000,
  phases: [],
  memoryKills: 0,
  lastLines: '',
};
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
  expect(says).toContain('create-instance failed 1 time, and is tried again in 12s: no space left on device');
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
  expect(says).toContain('wants 1 idle agents beside the 1 busy ones, 5 at most, and 2 more instances booted ahead');
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
  expect(says).toContain('The queue of Azure is not read');
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
