import { expect, test } from 'vitest';
import { SPARE_BYTES } from './judge-limits.js';
import { judgeMemory, type MemoryTaken, reasonNotToTake } from './judge-memory.js';

const GIB = 2 ** 30;

const safe = { limitBytes: GIB, keptBytes: GIB, wantedBytes: 2.5 * GIB, availableBytes: 2.5 * GIB + SPARE_BYTES };

test.each([
  ['all of it is to spare', {}, undefined],
  ['the limit is there, and all of it would not be to spare', { availableBytes: safe.availableBytes - 1 }, 'untried'],
  ['the kernel keeps no limit', { keptBytes: Number.POSITIVE_INFINITY }, 'failed'],
  ['the guest has raised its limit', { keptBytes: GIB + 4096 }, 'failed'],
  ['what the kernel keeps is not a number', { keptBytes: Number.NaN }, 'failed'],
  ['the host does not show the limit', { keptBytes: undefined }, 'untried'],
] as const)('where %s, it is decided before memory is taken', (_, given, outcome) => {
  expect(reasonNotToTake({ ...safe, ...given })?.[0]?.outcome).toBe(outcome);
});

const ended: MemoryTaken = {
  limitBytes: GIB,
  wantedBytes: 1.25 * GIB,
  printed: '',
  killedOfTaker: 1,
  killedOfNeighbour: 0,
  neighbour: 'well',
};

test.each([
  ['all is well', {}, ['passed', 'passed']],
  ['it got all it wanted', { printed: 'took 1342177280', killedOfTaker: 0 }, ['failed', 'untried']],
  ['it was ended, and not by the kernel', { killedOfTaker: 0 }, ['untried', 'untried']],
  ['the neighbour lost a process', { killedOfNeighbour: 1 }, ['passed', 'failed']],
  ['the neighbour does not answer', { neighbour: '' }, ['passed', 'failed']],
  ['the host does not count', { killedOfTaker: undefined, killedOfNeighbour: undefined }, ['untried', 'untried']],
  ['neither guest is there any more', { killedOfTaker: undefined, neighbour: 'not found' }, ['untried', 'failed']],
  ['perl is not there', { printed: 'perl: command not found', killedOfTaker: 0 }, ['untried', 'untried']],
] as const)('where %s, memory and its kills are told so', (_, given, outcomes) => {
  expect(judgeMemory({ ...ended, ...given }).map(({ outcome }) => outcome)).toEqual(outcomes);
});
