import { expect, test } from 'vitest';
import { registrationErrorIn } from './collect.js';

test.each([
  ['Prepared.\n2026-11-24 00:29:55Z error: register the agent: no OAuth\nmore\n', 'register the agent: no OAuth'],
  ['2026-11-24 00:29:55Z Registered.\nerror: of a program\n', undefined],
  ['', undefined],
])('finds the sentence with which a guest gave up in %j', (text, error) => {
  expect(registrationErrorIn(text)).toBe(error);
});
