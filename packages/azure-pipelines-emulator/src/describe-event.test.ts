import { describe, expect, it } from 'vitest';
import { describeEvent } from './describe-event.js';

const job = { at: Date.UTC(2026, 0, 2, 3, 4, 5, 6), pool: 'linux', requestId: 7, jobName: 'build' };

describe('an event in one line', () => {
  it('says what happened to which job', () => {
    const finished = describeEvent({ ...job, kind: 'job-finished', result: 'abandoned', message: 'nothing heard' });
    expect(finished).toBe('03:04:05.006 job 7 (build) abandoned: nothing heard');
    const assigned = describeEvent({ ...job, kind: 'job-assigned', agentId: 1, agentName: 'a1' });
    expect(assigned).toBe('03:04:05.006 job 7 (build) assigned to a1');
  });

  it('does not pass on what would steer a terminal', () => {
    const line = describeEvent({ ...job, kind: 'job-line', line: 'red \u001b[31mtext\r\u009b2J' });
    expect(line).toBe('03:04:05.006 job 7 | red [31mtext2J');
  });
});
