import { expect, it } from 'vitest';
import { identityPaths } from '../model/identity-paths.js';
import { hostRestarted } from './host-restart.js';

const overHttps = (url: string) => ({ kind: 'https', url, ...identityPaths('/nowhere') }) as const;
const here = [
  { kind: 'unix', socketPath: undefined } as const,
  overHttps('https://127.0.0.1:8443'),
  overHttps('https://[::1]:8443'),
];

it.each(here)('a boot other than the last one is a restart of the host of Incus, reached by %j', incus => {
  expect(hostRestarted(incus, 'first', 'second')).toBe(true);
  expect(hostRestarted(incus, 'second', 'second')).toBe(false);
  expect(hostRestarted(incus, undefined, 'second')).toBe(false);
});

it('a boot of this host tells nothing of an Incus on another one', () => {
  expect(hostRestarted(overHttps('https://incus.example:8443'), 'first', 'second')).toBe(false);
});
