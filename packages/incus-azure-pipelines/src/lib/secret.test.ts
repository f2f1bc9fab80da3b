import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { Secret } from './secret.js';

test.each([
  ['joined', (secret: Secret) => String(secret)],
  ['turned into JSON', (secret: Secret) => JSON.stringify({ secret })],
  ['inspected', (secret: Secret) => inspect({ secret }, { depth: 9, showHidden: true })],
  ['taken apart', (secret: Secret) => JSON.stringify(Object.entries(secret))],
])('a secret does not show when it is %s', (_, show) => {
  expect(show(new Secret('hunter2'))).not.toContain('hunter2');
});

test('a secret is revealed where it is asked for, each time anew', () => {
  expect(new Secret('hunter2').reveal()).toBe('hunter2');
  let text = 'first';
  const secret = new Secret(() => text);
  text = 'second';
  expect(secret.reveal()).toBe('second');
});
