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

test('what was before the picture, or is after it, is left out, and what is in it keeps its own begin and end', () => {
  const [lane, ...others] = lanesOf([life('old', 0, 10, 20), life('a', 15, 25, 80)], 30, 60);
  expect(lane?.map(({ from, phase, to }) => [phase, from, to])).toEqual([['busy', 25, 80]]);
  expect(others).toEqual([]);
});

test('an agent keeps its place while the picture moves on', () => {
  const lives = [life('b', 5, 100), life('a', 0, 10)];
  expect(names(lanesOf(lives, 0, 50))).toEqual([['a'], ['b']]);
  expect(names(lanesOf(lives, 20, 70))).toEqual([['a'], ['b']]);
});

test('a job that began before the picture took all of its time', () => {
  const lost: AgentLife = {
    ...life('a', 0, 10),
    phases: [
      { phase: 'busy', at: 10 },
      { phase: 'offline', at: 20 },
      { phase: 'busy', at: 40 },
    ],
  };
  for (const from of [0, 30])
    expect(jobsIn(lanesOf([lost], from, 100)).map(({ from, runs, to }) => [from, to, runs])).toEqual([[10, 100, true]]);
});

test('an agent that is first seen busy has its job, though the one before it had one until then', () => {
  const next: AgentLife = { ...life('b', 0, 0), phases: [{ phase: 'busy', at: 50 }] };
  expect(jobsIn(lanesOf([life('a', 0, 10, 50), next], 0, 100)).map(({ life }) => life.name)).toEqual(['b', 'a']);
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
