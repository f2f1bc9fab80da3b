import { expect, test } from 'vitest';
import { anAgent } from '../../test/simulation/examples.js';
import { changesOf } from './changes.js';

test('tells who came, who changed and who is gone, and nobody else', () => {
  const before = [anAgent(0, 'idle'), anAgent(1, 'idle'), anAgent(2, 'busy')];
  const after = [anAgent(0, 'idle'), anAgent(1, 'busy'), anAgent(3, 'preparing')];
  expect([...changesOf(before, after)]).toEqual([
    { kind: 'phase', agent: after[1], from: 'idle' },
    { kind: 'phase', agent: after[2], from: undefined },
    { kind: 'gone', agent: before[2] },
  ]);
});
