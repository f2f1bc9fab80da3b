import { expect, it } from 'vitest';
import { hostRanges } from './host-ranges.js';

it('what looks like the Internet and is of the host are its IPv4 addresses, and the subnets that it is in over IPv6', () => {
  const found = hostRanges([
    { address: '127.0.0.1', cidr: '127.0.0.1/8', family: 'IPv4' },
    { address: '10.1.2.3', cidr: '10.1.2.3/24', family: 'IPv4' },
    { address: '198.51.100.7', cidr: '198.51.100.7/24', family: 'IPv4' },
    { address: 'fe80::1', cidr: 'fe80::1/64', family: 'IPv6' },
    { address: 'fd00::1', cidr: 'fd00::1/64', family: 'IPv6' },
    { address: '2001:db8::5', cidr: '2001:db8::5/64', family: 'IPv6' },
    // A second one of the same subnet, as hosts make themselves for a day.
    { address: '2001:db8::e1:7', cidr: '2001:db8::e1:7/64', family: 'IPv6' },
    { address: '2001:db8:1::5', cidr: null, family: 'IPv6' },
  ]);
  expect(found).toEqual(['198.51.100.7', '2001:db8:0:0:0:0:0:0/64', '2001:db8:1::5']);
});
