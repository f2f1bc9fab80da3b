import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { prefixFromHostname } from './agent-prefix.js';

it.each([
  ['ci1.example.com', 'ci1'],
  ['Build_Host', 'build-host'],
  ['42', 'host-42'],
  ['', 'host'],
])('makes of the host %j the prefix %s', (hostname, prefix) => {
  expect(prefixFromHostname(hostname)).toBe(prefix);
});

it('makes of any host a prefix that leaves room for the rest of a name', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 100 }), hostname => {
      expect(prefixFromHostname(hostname)).toMatch(/^[a-z](?:[a-z0-9-]{0,44}[a-z0-9])?$/);
    }),
  );
});
