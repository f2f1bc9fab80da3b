import { expect, test } from 'vitest';
import { parseCollected } from './collect.js';

test.each([
  ['Prepared.\n2026-11-24 00:29:55Z error: register the agent: no OAuth\nmore\n', 'register the agent: no OAuth'],
  ['2026-11-24 00:29:55Z Registered.\nerror: of a program\n', undefined],
  ['', undefined],
])('finds the sentence with which a guest gave up in %j', (text, error) => {
  expect(parseCollected(text).registrationError).toBe(error);
});

test.each([
  ['oom_kill 2\nPrepared.\n', 2, 'Prepared.\n'],
  ['oom_kill 0\n', 0, ''],
  ['Prepared.\noom_kill 7\n', 0, 'Prepared.\noom_kill 7\n'],
  ['', 0, ''],
])('counts as killed for want of memory what the first line of %j says', (output, memoryKills, text) => {
  expect(parseCollected(output)).toMatchObject({ memoryKills, text });
});
