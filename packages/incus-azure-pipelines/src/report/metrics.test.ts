import { beforeEach, expect, test } from 'vitest';
import { IncusError } from '../../../incus-client/src/index.js';
import { MetricsBench } from '../../test/metrics-bench.js';
import { aBase, aLife, anAgent, JOB, known, NOW, nameOf, unknown } from '../../test/simulation/examples.js';
import { BaseBuildError } from '../execute/base/base-build-error.js';
import { UsedUpError } from '../execute/used-up-error.js';
import { AGENT_PHASES, type AgentPhase } from '../model/agent.js';
import type { AzureCall } from '../model/event.js';

let bench: MetricsBench;

beforeEach(() => {
  bench = new MetricsBench();
});

function changes(
  n: number,
  from: AgentPhase | undefined,
  phase: AgentPhase,
  afterMs: number,
  requestId?: number,
): void {
  const agent = anAgent(n, phase, { life: aLife({ requestId }) });
  bench.events.emit('phase-changed', { agent, from, at: NOW + afterMs });
}

function calls(status: number | undefined, azure: Partial<AzureCall>): void {
  const call = { pool: 'linux', accepted: undefined, rateLimit: undefined, ...azure };
  bench.events.emit('call', { to: 'azure', route: 'GET pools', status, ms: 100, azure: call });
}

test('a phase is timed when it is left, and not where its beginning was before the first look', async () => {
  changes(0, undefined, 'busy', 0);
  bench.pass(0, [anAgent(0, 'busy')]);
  changes(0, 'busy', 'finished', 60_000, 42);
  changes(1, undefined, 'preparing', 60_000);
  changes(1, 'preparing', 'prepared', 67_000);
  bench.events.emit('agent-gone', { agent: anAgent(0, 'finished'), at: NOW + 62_000 });
  expect(await bench.lines('iap_phase_duration_seconds_')).toEqual([
    'iap_phase_duration_seconds_sum{pool="linux",phase="preparing"} 7',
    'iap_phase_duration_seconds_count{pool="linux",phase="preparing"} 1',
    'iap_phase_duration_seconds_sum{pool="linux",phase="finished"} 2',
    'iap_phase_duration_seconds_count{pool="linux",phase="finished"} 1',
  ]);
});

test('after a restart nothing is counted anew of agents that were there before Incus and their Azure were read', async () => {
  const takes = (n: number) => bench.events.emit('job-taken', { agent: anAgent(n, 'busy'), job: JOB });
  changes(0, undefined, 'starting', 0);
  changes(1, undefined, 'starting', 0);
  bench.pass(0, [anAgent(0, 'starting'), anAgent(1, 'starting')], {}, unknown());
  changes(0, 'starting', 'busy', 5_000, 42);
  takes(0);
  changes(1, 'starting', 'finished', 5_000, 43);
  takes(1);
  bench.pass(5_000, [anAgent(0, 'busy'), anAgent(1, 'finished')]);
  changes(0, 'busy', 'finished', 9_000, 42);
  changes(2, undefined, 'starting', 9_000);
  changes(2, 'starting', 'idle', 11_000);
  takes(2);
  expect(await bench.lines('iap_phases_total')).toEqual([
    'iap_phases_total{pool="linux",phase="finished"} 1',
    'iap_phases_total{pool="linux",phase="starting"} 1',
    'iap_phases_total{pool="linux",phase="idle"} 1',
  ]);
  expect(await bench.lines('iap_phase_duration_seconds_')).toEqual([
    'iap_phase_duration_seconds_sum{pool="linux",phase="starting"} 2',
    'iap_phase_duration_seconds_count{pool="linux",phase="starting"} 1',
  ]);
  expect(await bench.lines('iap_job_wait_seconds_count')).toEqual(['iap_job_wait_seconds_count{pool="linux"} 1']);
  expect(await bench.lines('iap_replacement_seconds_sum')).toEqual(['iap_replacement_seconds_sum{pool="linux"} 2']);
});

test('a replacement lasts from the end of a job to the next agent that is online', async () => {
  bench.pass(0, [anAgent(0, 'busy'), anAgent(1, 'busy')]);
  changes(0, 'busy', 'finished', 1_000, 42);
  changes(1, 'busy', 'stopped', 2_000, 43);
  changes(0, 'finished', 'orphan', 2_500, 42);
  changes(2, 'starting', 'idle', 3_000);
  changes(3, 'starting', 'busy', 5_000);
  changes(3, 'busy', 'offline', 6_000);
  changes(3, 'offline', 'idle', 7_000);
  expect(await bench.lines('iap_replacement_seconds_')).toEqual([
    'iap_replacement_seconds_sum{pool="linux"} 5',
    'iap_replacement_seconds_count{pool="linux"} 2',
  ]);
});

test('the end of a job is no beginning of a replacement where it was none, or where nothing is to come', async () => {
  bench.pass(0, [anAgent(0, 'busy'), anAgent(1, 'idle')]);
  changes(0, 'busy', 'finished', 1_000, 42);
  changes(0, 'finished', 'busy', 2_000, 42);
  changes(2, 'starting', 'idle', 3_000);
  changes(2, 'idle', 'draining', 4_000);
  changes(2, 'draining', 'orphan', 5_000);
  changes(3, 'starting', 'idle', 6_000);
  changes(3, 'idle', 'finished', 7_000, 44);
  bench.pass(8_000, [anAgent(0, 'busy'), anAgent(1, 'idle')]);
  changes(4, 'starting', 'idle', 900_000);
  expect(await bench.lines('iap_replacement_seconds_count')).toEqual([]);
});

test('jobs are counted by the words of Azure that are known, and others as others', async () => {
  for (const result of ['succeeded', 'failed', 'failed', '"} 1\niap_evil 1'])
    bench.events.emit('job-ended', { agent: anAgent(0, 'finished'), job: { ...JOB, result } });
  expect(await bench.lines('iap_jobs_total')).toEqual([
    'iap_jobs_total{pool="linux",result="succeeded"} 1',
    'iap_jobs_total{pool="linux",result="failed"} 2',
    'iap_jobs_total{pool="linux",result="other"} 1',
  ]);
});

test('ends are counted by reason, and what was killed for memory by who tells of it', async () => {
  const end = { agent: anAgent(0, 'orphan'), reason: 'job-done', why: 'its job is done' } as const;
  bench.events.emit('agent-ended', { ...end, memoryKills: 2, killsSeenByHost: true });
  bench.events.emit('agent-ended', { ...end, memoryKills: 1, killsSeenByHost: false });
  bench.events.emit('agent-ended', { ...end, reason: 'vanished-busy', memoryKills: 0, killsSeenByHost: true });
  expect(await bench.lines('iap_deaths_total')).toEqual([
    'iap_deaths_total{pool="linux",reason="job-done"} 2',
    'iap_deaths_total{pool="linux",reason="vanished-busy"} 1',
  ]);
  expect(await bench.lines('iap_memory_kills_total')).toEqual([
    'iap_memory_kills_total{pool="linux",told_by="host"} 2',
    'iap_memory_kills_total{pool="linux",told_by="guest"} 1',
  ]);
});

test('how long an action took is told apart beyond five minutes too, since a base may take a quarter of an hour', async () => {
  const action = { kind: 'build-base', pool: 'linux', base: 'b', reason: 'r' } as const;
  bench.events.emit('action-ended', { action, at: 0, ms: 800_000 });
  expect(await bench.metric('iap_action_duration_seconds_bucket{le="300",action="build-base"}')).toBe(0);
  expect(await bench.metric('iap_action_duration_seconds_bucket{le="900",action="build-base"}')).toBe(1);
});

test.each([
  ['incus-busy', new UsedUpError(new IncusError('busy', 'create instance "a": Instance is busy'))],
  ['storage-full', new IncusError('failed', 'create instance "a": the storage pool is full (no space left on device)')],
  ['build-provision', new BaseBuildError('provision', 'no', { cause: new IncusError('failed', 'exec') })],
  ['other', 'a text'],
])('a failure is counted as %s, not in its own words', async (reason, error) => {
  const action = { kind: 'create-instance', pool: 'linux', name: 'a', base: 'b', docker: false, reason: 'r' } as const;
  bench.events.emit('action-failed', { action, at: 0, error, retryAt: 1, count: 1 });
  expect(await bench.lines('iap_action_failures_total')).toEqual([
    `iap_action_failures_total{pool="linux",action="create-instance",reason="${reason}"} 1`,
  ]);
});

test('the token is accepted as the last answer says that tells, and the rate is there while Azure tells it', async () => {
  const shown = async () => [...(await bench.lines('iap_token')), ...(await bench.lines('iap_azure_rate'))];
  calls(200, { accepted: true, rateLimit: { limit: 200, remaining: 20, delayMs: 1_500 } });
  expect(await shown()).toEqual([
    'iap_token_accepted{pool="linux"} 1',
    'iap_azure_rate_limit_remaining{pool="linux"} 20',
    'iap_azure_rate_limit{pool="linux"} 200',
    'iap_azure_rate_limit_delay_seconds_total{pool="linux"} 1.5',
  ]);
  calls(401, { accepted: false });
  calls(503, {});
  calls(undefined, {});
  expect(await shown()).toEqual([
    'iap_token_accepted{pool="linux"} 0',
    'iap_azure_rate_limit_delay_seconds_total{pool="linux"} 1.5',
  ]);
  expect(await bench.lines('iap_call_duration_seconds_count')).toHaveLength(4);
});

test('nothing is told of the token of a pool that is not in the configuration, or not any more', async () => {
  bench.pass(0, []);
  calls(401, { pool: 'removed', accepted: false, rateLimit: { limit: 200, remaining: 20, delayMs: 0 } });
  expect([...(await bench.lines('iap_token')), ...(await bench.lines('iap_azure_rate_limit{'))]).toEqual([]);
});

test('a call that Azure refuses because there were too many is counted, for the pool whose token it had', async () => {
  bench.pass(0, []);
  calls(200, { pool: 'linux' });
  calls(429, { pool: 'linux' });
  expect(await bench.lines('iap_azure_throttled_total')).toEqual(['iap_azure_throttled_total{pool="linux"} 1']);
});

test('what the last pass saw is told at a scrape: the base, what fails, the ledger and the pass itself', async () => {
  expect(await bench.lines('iap_last_pass')).toEqual([]);
  const failure = { count: 3, retryAt: NOW + 1, error: 'no' };
  bench.pass(0, [anAgent(0, 'idle')], {
    bases: known([aBase('base-1', { createdAt: NOW - 5_000, checkedAt: NOW - 1_000, provenFor: ['linux'] })]),
    failures: new Map([
      [`delete-instance/${nameOf(0)}`, { ...failure, count: 1 }],
      ['create-instance/linux', failure],
    ]),
    drained: new Set(['linux']),
  });
  expect(await bench.lines('iap_base_')).toEqual([
    `iap_base_built_timestamp_seconds{pool="linux"} ${NOW / 1000 - 5}`,
    `iap_base_checked_timestamp_seconds{pool="linux"} ${NOW / 1000 - 1}`,
    'iap_base_proven{pool="linux"} 1',
  ]);
  expect(await bench.lines('iap_consecutive_failures')).toEqual([
    'iap_consecutive_failures{pool="linux",action="delete-instance"} 1',
    'iap_consecutive_failures{pool="linux",action="create-instance"} 3',
  ]);
  expect(await bench.lines('iap_ledger_entries')).toEqual([
    'iap_ledger_entries{of="under-way"} 0',
    'iap_ledger_entries{of="failures"} 2',
    'iap_ledger_entries{of="deaths"} 3',
  ]);
  expect(await bench.lines('iap_drained')).toEqual(['iap_drained{pool="linux"} 1']);
  expect(await bench.lines('iap_next_pass')).toEqual([`iap_next_pass_timestamp_seconds ${NOW / 1000 + 60}`]);
  expect(await bench.lines('iap_last_pass')).toEqual([`iap_last_pass_timestamp_seconds ${NOW / 1000}`]);
});

test('the status is made once a pass, and for no scrape after it', async () => {
  bench.pass(0, [anAgent(0, 'idle')]);
  expect(await bench.lines('iap_drained')).toEqual(['iap_drained{pool="linux"} 0']);
  expect(await bench.lines('iap_readable')).toHaveLength(2);
  expect(bench.asked).toBe(1);
});

test('a phase without an agent is a zero, and while Incus is unread nobody knows how many are there or wanted', async () => {
  bench.pass(0, [anAgent(0, 'idle')]);
  const lines = await bench.lines('iap_agents');
  expect(lines).toHaveLength(AGENT_PHASES.length);
  expect(lines.filter(line => !line.endsWith(' 0'))).toEqual(['iap_agents{pool="linux",phase="idle"} 1']);
  expect(await bench.lines('iap_target_agents')).toEqual(['iap_target_agents{pool="linux"} 2']);
  bench.pass(1_000, [], { agents: unknown() });
  expect([...(await bench.lines('iap_agents')), ...(await bench.lines('iap_target_agents'))]).toEqual([]);
});

test('what may happen to a pool is counted from zero on, so that the first time is seen as one more', async () => {
  bench.pass(0, [anAgent(0, 'idle')]);
  for (const counter of ['iap_deaths_total', 'iap_memory_kills_total', 'iap_jobs_total', 'iap_azure_throttled_total']) {
    const lines = await bench.lines(counter);
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.filter(line => !line.endsWith(' 0'))).toEqual([]);
  }
});

test('no more lines come of more agents, and none names an agent or a job', async () => {
  const lives = async (numbers: readonly number[]) => {
    bench = new MetricsBench();
    bench.pass(0, []);
    for (const n of numbers) {
      changes(n, undefined, 'preparing', 0);
      changes(n, 'starting', 'busy', 10_000);
      bench.events.emit('job-taken', { agent: anAgent(n, 'busy'), job: { ...JOB, jobName: `secret job ${n}` } });
      changes(n, 'busy', 'finished', 20_000, 42);
    }
    bench.pass(
      30_000,
      numbers.map(n => anAgent(n, 'busy')),
    );
    return await bench.lines('iap_');
  };
  const many = await lives(Array.from({ length: 600 }, (_, n) => n));
  expect(many).toHaveLength((await lives([0, 1])).length);
  expect(many.filter(line => line.includes('a1b2c3') || line.includes('secret'))).toEqual([]);
});
