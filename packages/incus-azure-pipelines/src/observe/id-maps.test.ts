import { expect, it } from 'vitest';
import { isolatedMaps, rangesIn } from './id-maps.js';

it.each([
  ['root:1000000:1000000000\n', 15_257],
  ['somebody:100000:65536\nroot:1000000:65536\n', 0],
  ['root:1000000:131073\n', 1],
  ['root:1000000:131072\n', 0],
  ['', Infinity],
  ['somebody:100000:65536\n', Infinity],
])('%j has room for %d', (table, count) => {
  expect(rangesIn(table)).toBe(count);
});

it('a kernel that cannot map the ids of mounts has room for none', async () => {
  const environment = { kernel_features: { idmapped_mounts: 'false' } } as never;
  expect(await isolatedMaps({ environment }, [])).toBe(0);
});
