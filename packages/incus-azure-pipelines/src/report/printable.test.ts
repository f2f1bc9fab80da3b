import { expect, test } from 'vitest';
import { printable, printableLine } from './printable.js';

test.each([
  ['\u001b[2J', '\\u001b[2J'],
  ['\u009b31m', '\\u009b31m'],
  ['over\rwritten\u0000', 'over\\u000dwritten\\u0000'],
  ['\u202edesrever\u061c', '\\u202edesrever\\u061c'],
  ['two\n\tlines, é and 日本', 'two\n\tlines, é and 日本'],
])('what a terminal could obey is shown, and the rest stays: %j', (text, shown) => {
  expect(printable(text)).toBe(shown);
});

test('a text that is to stay on its line keeps neither line ends nor tabs', () => {
  expect(printableLine('innocent\nforged\t\u001b\u2028')).toBe('innocent\\u000aforged\\u0009\\u001b\\u2028');
});
