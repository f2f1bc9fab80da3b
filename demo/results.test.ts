import { describe, expect, it } from 'vitest';
import { jobView } from './for-tests.js';
import { noPaint } from './paint.js';
import { renderResults, renderTotals } from './results.js';

const agentName = 'demo-4fe804-mwtz63xy';
const jobs = [
  jobView('docker, FROM scratch', {
    requestId: 1,
    startedAt: 1_250,
    finishedAt: 3_000,
    result: 'succeeded',
    agentName,
  }),
  jobView(
    'fail on purpose',
    { requestId: 2, startedAt: 900, finishedAt: 2_000, result: 'failed', agentName },
    'failed',
  ),
  jobView('never taken', { requestId: 3, finishedAt: 0, result: 'failed' }),
];
const found = [
  { requestId: 1, ms: 400 },
  { requestId: 2, ms: 2_600 },
];

describe('renderResults', () => {
  it('shows each job, how it ended, where it ran and what was waited for', () => {
    expect(renderResults(jobs, found, 80, noPaint)).toEqual([
      '                                                              queued  job end',
      'JOB                   RESULT            AGENT                 to run  to next',
      'docker, FROM scratch  succeeded         demo-4fe804-mwtz63xy     1.3      0.4',
      'fail on purpose       failed, as meant  demo-4fe804-mwtz63xy     0.9      2.6',
      'never taken           failed, not suc…  –                          –        –',
    ]);
  });

  it('cuts the names of jobs where the terminal is narrow', () => {
    expect(renderResults(jobs, found, 72, noPaint)[2]).toBe(
      'docker, FROM s…  succeeded         demo-4fe804-mwtz63xy     1.3      0.4',
    );
  });
});

describe('renderTotals', () => {
  it('says how quickly agents were replaced and what is left', () => {
    expect(renderTotals(found, 61_000, { containers: 0, registrations: 2 }, 80, noPaint)).toEqual([
      '2 agents replaced, job end to next online: min 0.4 s, median 1.5 s, max 2.6 s',
      '61 s in total',
      '0 containers left',
      '2 registrations left',
    ]);
  });

  it('says so when no agent was replaced', () => {
    expect(renderTotals([], 1_000, { containers: 0, registrations: 0 }, 80, noPaint)[0]).toBe('No agent was replaced.');
  });
});
