import { expect, test } from 'vitest';
import { aLife, anAgent, anInstance, anObserved, aPool, known, NOW, nameOf } from '../../test/simulation/examples.js';
import type { Agent, AgentPhase } from '../model/agent.js';
import type { Observed } from '../model/observed.js';
import { plan } from './plan.js';

const quiet = { from: NOW - 500_000, to: NOW };
const gone = { registration: known(undefined), life: aLife({ quietAbsent: quiet, deregistered: true }) };
const pool = aPool({ agentCount: 0, standby: 0 });

/** What is done about one agent, and why. */
function done(agent: Agent, given: Partial<Observed> = {}): string[] {
  const { actions } = plan([pool], anObserved([agent], given), NOW, { maxConcurrentCreates: 1 });
  return actions.map(({ kind, reason }) => `${kind}: ${reason}`);
}

test.each<[AgentPhase, string]>([
  ['starting', 'never came online'],
  ['offline', 'offline too long'],
  ['draining', 'it is disabled in Azure, and not by this daemon'],
  ['finished', 'finished, but did not power off'],
])('the log of one that runs while %s is read before it is deleted, once, be it in vain', (phase, reason) => {
  const agent = anAgent(0, phase, gone);
  expect(done(agent)).toEqual([`collect-log: is to be deleted: ${reason}`]);
  const deleted = [`delete-instance: ${reason}`];
  expect(done(agent, { collected: new Set([nameOf(0)]) })).toEqual(deleted);
  const failure = { count: 1, retryAt: NOW + 1_000, error: 'no answer' };
  expect(done(agent, { failures: new Map([[`collect-log/${nameOf(0)}`, failure]]) })).toEqual(deleted);
});

test('the log of one that was not prepared in time is read, and that of one that is not needed is not', () => {
  const failures = new Map([[`ask-prepared/${nameOf(0)}`, { count: 1, retryAt: NOW, error: 'no answer' }]]);
  const late = { ...anAgent(0, 'preparing'), since: NOW - pool.timeouts.preparationMs };
  expect(done(late, { failures })).toEqual(['collect-log: is to be deleted: was not prepared in time']);
  expect(done(anAgent(0, 'prepared'))).toEqual([expect.stringMatching(/^delete-instance: /)]);
});

test.each(['stopped', 'error'] as const)('no log is read of an instance that Incus shows as %s', status => {
  const instance = anInstance({ status });
  expect(done(anAgent(0, 'finished', { ...gone, instance }))).toEqual([expect.stringMatching(/^delete-instance: /)]);
});
