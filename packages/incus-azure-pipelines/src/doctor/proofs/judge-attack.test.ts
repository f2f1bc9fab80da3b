import { expect, test } from 'vitest';
import { devices, limits, settings, views } from '../attacks/kernel.js';
import { judgeAttack, judgeReach, judgeSent } from './judge-attack.js';

const attack = { fact: 'a guest cannot load a module', script: ' load \n', shows: /not permitted/ };
const openOne = { fact: 'open: a guest reads how the host was started, and its load', script: 'cat', shows: /\d/ };
const outcome = (of: typeof attack, printed: string) => judgeAttack(of, printed, 'update').outcome;

test('an attack that came as far as being refused has passed, and one that was not has failed with its remedy', () => {
  expect(judgeAttack(attack, 'load: operation not permitted', 'update')).toEqual({
    fact: attack.fact,
    tried: 'load',
    came: 'load: operation not permitted',
    outcome: 'passed',
  });
  expect(judgeAttack(attack, '', 'update')).toMatchObject({ came: 'no word', outcome: 'failed', remedy: 'update' });
  expect(outcome(attack, 'load: done 0')).toBe('failed');
});

test('an attack that lacks its tool, or that this kernel has nothing for, was not tried', () => {
  expect(outcome(attack, 'bash: line 1: losetup: command not found')).toBe('untried');
  expect(outcome(attack, 'no number for acct')).toBe('untried');
  expect(outcome(attack, 'nothing there')).toBe('untried');
  expect(outcome(attack, 'not tried: 100000 keys are too many to take')).toBe('untried');
});

test('an attack that hangs until its time is over has failed, whatever it printed before', () => {
  expect(judgeAttack(attack, 'operation not permitted\n\nit ran out of its 10 s', 'update')).toMatchObject({
    outcome: 'failed',
    remedy: 'update',
  });
  expect(outcome(openOne, '0.5 0.4\n\nit ran out of its 10 s')).toBe('open');
});

test('what is known to be open is told with its risk where it comes through, and never as a failure', () => {
  expect(judgeAttack(openOne, '0.5 0.4', 'update')).toMatchObject({
    fact: 'a guest reads how the host was started, and its load',
    outcome: 'open',
    risk: expect.stringContaining('known to jobs'),
    remedy: expect.stringContaining('lxcfs'),
  });
  expect(outcome(openOne, 'permission denied')).toBe('untried');
});

test('a place that answers a guest, and a frame that arrives, are failures', () => {
  expect(judgeReach('fact', '10.0.0.1:22', 'refused', 'setup').outcome).toBe('passed');
  expect(judgeReach('fact', '10.0.0.1:22', 'host', 'setup')).toMatchObject({
    outcome: 'failed',
    came: 'it was answered: host',
  });
  expect(judgeReach('fact', '10.0.0.1:22', '', 'setup').outcome).toBe('failed');
  expect(judgeSent('fact', 'a frame', false, 'setup').outcome).toBe('passed');
  expect(judgeSent('fact', 'a frame', true, 'setup')).toMatchObject({ outcome: 'failed', remedy: 'setup' });
});

test('silence is a success for no attack on the kernel: what was done without a word has failed', () => {
  const silent = [...devices, ...settings, ...views, ...limits].map(one => judgeAttack(one, '', 'update').outcome);
  expect(new Set(silent)).toEqual(new Set(['failed', 'untried']));
  expect(silent.filter(one => one === 'untried')).toHaveLength(1);
});
