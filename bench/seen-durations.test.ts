import { expect, test } from 'vitest';
import { durationsSeen, type SeenRun } from './seen-durations.js';

const done = (kind: string, name: string, time: number, ms: number) => ({ msg: 'action done', kind, name, time, ms });
const phase = (agent: string, its: string, time: number) => ({ msg: 'phase changed', agent, phase: its, time });
const job = { requestId: 1, jobId: '', pool: 'default', name: 'job', queuedAt: 0, lines: [], steps: [] };

const RUN: SeenRun = {
  log: [
    done('create-instance', 'a', 1_000, 400),
    phase('a', 'preparing', 900),
    phase('a', 'prepared', 4_000),
    done('create-instance', 'b', 1_200, 600),
    // Its list came before the call that made it was over.
    phase('b', 'prepared', 1_100),
    done('activate-agent', 'a', 5_000, 250),
    done('disable-agent', 'a', 9_000, 80),
    phase('a', 'orphan', 21_000),
  ],
  jobs: [{ ...job, agentName: 'a', assignedAt: 9_000, receivedAt: 9_300, finishedAt: 20_000 }],
  onlineAt: new Map([['a', 8_000]]),
};

test('each takes from the end of what was before it; what overlaps takes nothing', () => {
  expect(durationsSeen(RUN)).toEqual({
    creatingMs: 500,
    preparingMs: 1_500,
    activatingMs: 250,
    startingMs: 3_000,
    takingMs: 300,
    endingMs: 1_000,
    callMs: 80,
  });
});

test('what was not seen is told', () => {
  expect(() => durationsSeen({ ...RUN, onlineAt: new Map() })).toThrow('starting was not seen');
});
