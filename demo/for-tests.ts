import type { JobRecord } from 'azure-pipelines-emulator';
import type { JobView } from './view.js';

/** A job of a view; what is not given is as of one that was queued at instant 0. */
export function jobView(
  name: string,
  record: Partial<JobRecord> | undefined,
  expected: 'succeeded' | 'failed' = 'succeeded',
): JobView {
  const queued = { requestId: 1, jobId: 'id', pool: 'default', name, queuedAt: 0, lines: [], steps: [] };
  return { job: { name, script: '', expected }, record: record && { ...queued, ...record } };
}
