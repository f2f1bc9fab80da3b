import { expect, test } from 'vitest';
import type { AgentLife } from '../report/page-document.js';
import { jobsIn, lanesOf } from './lanes.js';

/** An agent that was idle, had a job and was done at these times; without the last one it still runs. */
function life(name: string, idleAt: number, busyAt: number, doneAt?: number): AgentLife {
  const phases = [
    { phase: 'idle', at: idleAt },
    { phase: 'busy', at: busyAt },
  ] as const;
  return {
    name,
    pool: 'linux',
    job: `job of ${name}`,
    ...(doneAt === undefined
      ? { phases }
      : { phases: [...phases, { phase: 'finished', at: doneAt }], endedAt: doneAt + 5 }),
  };
}

const names = (lanes: ReturnType<typeof lanesOf>) => lanes.map(lane => [...new Set(lane.map(({ life }) => life.name))]);

test('an agent follows in the place of the one that was done last', () => {
  const lanes = lanesOf([life('a', 0, 10, 50), life('b', 0, 10, 60), life('c', 61, 70, 90)], 0, 100);
  expect(names(lanes)).toEqual([['a'], ['b', 'c']]);
});

test('agents that live at a time have a place each', () => {
  expect(names(lanesOf([life('a', 0, 10), life('b', 5, 10), life('c', 10, 20)], 0, 100))).toEqual([
    ['a'],
    ['b'],
    ['c'],
  ]);
});

test('an agent that is done takes no place, though it is still going down', () => {
  const [lane] = lanesOf([life('a', 0, 10, 50), life('b', 50, 60)], 0, 100);
  expect(lane?.map(({ from, phase, to }) => [phase, from, to])).toEqual([
    ['idle', 0, 10],
    ['busy', 10, 50],
    ['idle', 50, 60],
    ['busy', 60, 100],
  ]);
});

test('what was before the picture, or is after it, is cut off', () => {
  const [lane, ...others] = lanesOf([life('old', 0, 10, 20), life('a', 15, 25, 80)], 30, 60);
  expect(lane?.map(({ from, phase, to }) => [phase, from, to])).toEqual([['busy', 30, 60]]);
  expect(others).toEqual([]);
});

test('an instance that was never an agent takes no place', () => {
  const prepared: AgentLife = { name: 'p', pool: 'linux', phases: [{ phase: 'prepared', at: 10 }] };
  expect(lanesOf([prepared], 0, 100)).toEqual([]);
});

test('a place has nobody until the next agent is online', () => {
  const late: AgentLife = {
    ...life('b', 60, 70),
    phases: [{ phase: 'starting', at: 51 }, ...life('b', 60, 70).phases],
  };
  expect(jobsIn(lanesOf([life('a', 0, 10, 50), late], 0, 100))[0]?.gapMs).toBe(10);
});

test('a job is told with the gap before its agent, the latest first', () => {
  const lanes = lanesOf([life('a', 0, 10, 50), life('b', 53, 60)], 0, 100);
  expect(jobsIn(lanes).map(({ from, gapMs, life, runs, to }) => [life.name, from, to, runs, gapMs])).toEqual([
    ['b', 60, 100, true, 3],
    ['a', 10, 50, false, undefined],
  ]);
});
