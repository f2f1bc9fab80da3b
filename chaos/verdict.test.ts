import { expect, test } from 'vitest';
import { type Deed, endsAgent, type Hit, type Job, judgeJobs } from './verdict.js';

function aJob(given: Partial<Job> = {}): Job {
  return {
    name: 'job 1',
    result: 'succeeded',
    agentName: 'a1',
    lines: ['begun', 'ended'],
    queuedAt: 50,
    assignedAt: 100,
    finishedAt: 200,
    ...given,
  };
}

function aHit(given: Partial<Hit> = {}): Hit {
  return { kind: 'stop-instance', at: 150, agent: 'a1', ...given };
}

/** The verdict on one job, with the fault that it names. */
function judge(job: Job, hits: readonly Hit[] = [], deeds: readonly Deed[] = []): string {
  const [judged] = judgeJobs([job], hits, deeds);
  return [judged?.verdict, judged?.fault].filter(Boolean).join(' ');
}

const LOST = aJob({ result: 'abandoned', lines: ['begun'] });

test('a job ran when it began once, ended once and succeeded', () => {
  expect(judge(aJob())).toBe('ran');
  expect(judge(aJob(), [aHit()])).toBe('ran');
});

test('a job without a result is unfinished', () => {
  expect(judge(aJob({ result: undefined }), [aHit()])).toBe('unfinished');
});

test('a job that says twice that it began ran twice, whatever hit it', () => {
  expect(judge(aJob({ lines: ['begun', 'begun', 'ended'] }), [aHit()])).toBe('twice');
});

test('two jobs of one agent are one too many', () => {
  const judged = judgeJobs([aJob(), aJob({ name: 'job 2' }), aJob({ name: 'job 3', agentName: 'a2' })], [], []);
  expect(judged.map(({ verdict }) => verdict)).toEqual(['twice', 'twice', 'ran']);
});

test('a job that was lost is ours', () => {
  expect(judge(LOST)).toBe('ours');
  expect(judge(aJob({ lines: [] }))).toBe('ours');
});

test('a job is lost to a fault that hit its agent before its end', () => {
  expect(judge(LOST, [aHit()])).toBe('faulted stop-instance');
  expect(judge(LOST, [aHit({ at: 20 })])).toBe('faulted stop-instance');
  expect(judge(LOST, [aHit({ at: 201 })])).toBe('ours');
  expect(judge(LOST, [aHit({ agent: 'a2' })])).toBe('ours');
});

test('a fault that was over before the job came did not hit it', () => {
  expect(judge(LOST, [aHit({ kind: 'freeze-instance', at: 20, endedAt: 90 })])).toBe('ours');
  expect(judge(LOST, [aHit({ kind: 'freeze-instance', at: 20, endedAt: 110 })])).toBe('faulted freeze-instance');
});

test('a fault that hits all agents is no excuse where the daemon had ended the agent', () => {
  const full = aHit({ kind: 'fill-storage', agent: undefined, endedAt: 180 });
  expect(judge(LOST, [full])).toBe('faulted fill-storage');
  expect(judge(LOST, [full], [{ agent: 'a1', at: 190 }])).toBe('ours');
  expect(judge(LOST, [full], [{ agent: 'a1', at: 201 }])).toBe('faulted fill-storage');
});

test.each([
  ['an agent that is only frozen', aHit({ kind: 'freeze-instance', at: 120, endedAt: 180 })],
  ['an agent that a blow has missed', aHit({ failed: true })],
])('the end of %s is ours where the daemon had ended it', (_, hit) => {
  expect(judge(LOST, [hit])).toBe(`faulted ${hit.kind}`);
  expect(judge(LOST, [hit], [{ agent: 'a1', at: 190 }])).toBe('ours');
  expect(judge(LOST, [hit], [{ agent: 'a1', at: 201 }])).toBe(`faulted ${hit.kind}`);
  expect(judge(LOST, [hit], [{ agent: 'a2', at: 190 }])).toBe(`faulted ${hit.kind}`);
});

test('what the daemon clears away after a blow that struck did not end the job', () => {
  expect(judge(LOST, [aHit()], [{ agent: 'a1', at: 190 }])).toBe('faulted stop-instance');
});

test('the daemon ends an agent by deleting its registration, or its instance while that may run', () => {
  expect(endsAgent({ kind: 'delete-registration', reason: 'drained' })).toBe(true);
  expect(endsAgent({ kind: 'delete-instance', reason: 'offline too long' })).toBe(true);
  expect(endsAgent({ kind: 'delete-instance', reason: 'stopped and still there' })).toBe(false);
  expect(endsAgent({ kind: 'disable-agent', reason: 'above target' })).toBe(false);
});
