import { expect, test } from 'vitest';
import { MARKS } from '../model/marks.js';
import { holdingsIn } from './owners.js';

test('each owner is counted with its agents and its bases, and foreign instances are nobody', () => {
  const ours = { config: { [MARKS.owner]: 'a' } };
  const list = [
    ours,
    { config: { [MARKS.owner]: 'b', [MARKS.baseState]: 'ready' } },
    ours,
    { config: { [MARKS.owner]: 'a', [MARKS.baseState]: 'ready' } },
    { config: {} },
  ];
  expect(holdingsIn(list)).toEqual([
    { ownerId: 'a', agents: 2, bases: 1 },
    { ownerId: 'b', agents: 0, bases: 1 },
  ]);
});

test('who has set the project up is counted, with or without instances', () => {
  const project = { config: { [MARKS.owner]: 'a' } };
  expect(holdingsIn([{ config: {} }], project)).toEqual([{ ownerId: 'a', agents: 0, bases: 0 }]);
  expect(holdingsIn([{ config: { [MARKS.owner]: 'a' } }], project)).toEqual([{ ownerId: 'a', agents: 1, bases: 0 }]);
});
