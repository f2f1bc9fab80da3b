import { expect, test } from 'vitest';
import { interfaceId, linkLocal } from './frames6.js';

test.each([
  ['10:66:6a:75:06:03', '1266:6aff:fe75:603'],
  ['02:16:3e:2a:7b:01', '16:3eff:fe2a:7b01'],
])('of %s an address is made as the kernel shows it', (mac, wanted) => {
  expect(interfaceId(mac)).toBe(wanted);
  expect(linkLocal({ mac })).toBe(`fe80::${wanted}`);
});
