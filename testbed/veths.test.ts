import { expect, it } from 'vitest';
import { strandedVeths } from './veths.js';

const free = [
  { name: 'veth0fddeeb5', peer: 'veth61cc2ab7' },
  { name: 'veth61cc2ab7', peer: 'veth0fddeeb5' },
];

it('finds a pair of an Incus with both ends on the host and on no bridge', () => {
  expect(strandedVeths(free)).toEqual(['veth0fddeeb5', 'veth61cc2ab7']);
});

it('finds none where the other end is in a guest, or on a bridge', () => {
  expect(strandedVeths([{ name: 'veth0fddeeb5' }])).toEqual([]);
  expect(strandedVeths([{ name: 'veth0fddeeb5', peer: 'veth61cc2ab7', bridge: 'br0' }, ...free.slice(1)])).toEqual([]);
});

it('finds none that somebody has named', () => {
  const named = [
    { name: 'veth-left', peer: 'veth-right' },
    { name: 'veth-right', peer: 'veth-left' },
  ];
  expect(strandedVeths(named)).toEqual([]);
});
