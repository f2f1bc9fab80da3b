import { expect, test } from 'vitest';
import { ableJobs } from './able-jobs.js';

const job = (...demands: readonly string[]) => ({ queuedAt: 0, runMs: 1, demands, waitedMs: undefined });

test('a job counts where all that it demands is offered; what the others lack is counted by demand', () => {
  const jobs = [job(), job('docker'), job('docker', 'gpu'), job('gpu', 'Agent.Version -gtVersion 3.0.0')];
  const { able, unable, unmet } = ableJobs(jobs, { docker: '', 'agent.version': '2.0.0' });
  expect(able).toEqual(jobs.slice(0, 2));
  expect(unable).toBe(2);
  expect([...unmet]).toEqual([
    ['gpu', 2],
    ['Agent.Version -gtVersion 3.0.0', 1],
  ]);
});
