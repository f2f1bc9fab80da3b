import { expect, test } from 'vitest';
import { FAULTS } from './fault.js';
import { parseOptions } from './options.js';

test('takes any seed, ten minutes and every fault when nothing is said', () => {
  expect(parseOptions([], 42)).toEqual({ seed: 42, minutes: 10, faults: FAULTS, log: undefined, json: false });
});

test('takes a seed, part of a minute, and faults in one list or several', () => {
  const args = [
    '--seed',
    '7',
    '--minutes',
    '0.5',
    '--faults',
    'cut,garbage',
    '--faults',
    'kill-daemon',
    '--log',
    'log',
    '--json',
  ];
  expect(parseOptions(args, 42)).toEqual({
    seed: 7,
    minutes: 0.5,
    faults: ['cut', 'garbage', 'kill-daemon'],
    log: 'log',
    json: true,
  });
});

test.each([
  [['--seed', 'x'], '--seed x: not a whole number'],
  [['--minutes', '0'], '--minutes 0: not a number'],
  [['--minutes', 'ten'], '--minutes ten: not a number'],
  [['--faults', 'cut,fire'], 'there is no fault "fire"'],
])('refuses %j', (args, message) => {
  expect(() => parseOptions(args, 1)).toThrow(message);
});
