import { expect, test } from 'vitest';
import { MEASUREMENTS, parseOptions } from './options.js';

test('measures everything when nothing is said', () => {
  expect(parseOptions([])).toEqual({ quick: false, only: MEASUREMENTS, registration: 'host' });
});

test('takes several names', () => {
  expect(parseOptions(['--only', 'idle', '--only', 'fill', '--quick'])).toMatchObject({
    quick: true,
    only: ['idle', 'fill'],
  });
});

test('refuses a name that is none', () => {
  expect(() => parseOptions(['--only', 'sleep'])).toThrow('"sleep"');
  expect(() => parseOptions(['--registration', 'nobody'])).toThrow('host, guest, auto');
});
