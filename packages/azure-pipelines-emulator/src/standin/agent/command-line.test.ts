import { expect, test } from 'vitest';
import { parseCommandLine, takeInputs } from './command-line.js';

test('reads the documented call of config.sh', () => {
  const parsed = parseCommandLine(
    'configure --unattended --url http://s/c --auth pat --token t --pool p --agent a --work w --replace --acceptTeeEula'.split(
      ' ',
    ),
  );
  expect(parsed.verb).toBe('configure');
  expect(Object.fromEntries(parsed.values)).toEqual({
    url: 'http://s/c',
    auth: 'pat',
    token: 't',
    pool: 'p',
    agent: 'a',
    work: 'w',
  });
  expect([...parsed.flags].sort()).toEqual(['acceptteeeula', 'replace', 'unattended']);
  expect(parsed.unrecognized).toEqual([]);
});

test('compares verbs and names without case', () => {
  const parsed = parseCommandLine(['Remove', '--URL', 'u', '--UNATTENDED']);
  expect(parsed.verb).toBe('remove');
  expect(parsed.values.get('url')).toBe('u');
  expect(parsed.flags.has('unattended')).toBe(true);
});

test('runs when no verb is given', () => {
  expect(parseCommandLine(['--once'])).toMatchObject({ verb: 'run', flags: new Set(['once']) });
});

test('reports what it does not know and goes on', () => {
  const parsed = parseCommandLine(['run', '--tken', 'x', '--once']);
  expect(parsed.unrecognized).toEqual(['--tken', 'x']);
  expect(parsed.flags.has('once')).toBe(true);
});

test('does not take the next name for the value of the one before', () => {
  const parsed = parseCommandLine(['configure', '--token', '--replace']);
  expect(parsed.values.has('token')).toBe(false);
  expect(parsed.flags.has('replace')).toBe(true);
});

test('takes inputs out of the environment, so that no child inherits them', () => {
  const environment = { PATH: '/bin', VSTS_AGENT_INPUT_TOKEN: 'secret', vsts_agent_input_once: 'true' };
  const inputs = takeInputs(environment);
  expect(environment).toEqual({ PATH: '/bin' });
  expect(Object.fromEntries(inputs)).toEqual({ token: 'secret', once: 'true' });
});

test('lets an argument win over an input, and a flag of the environment need the value true', () => {
  const inputs = new Map([
    ['agent', 'from-environment'],
    ['pool', 'p'],
    ['once', 'TRUE'],
    ['replace', '1'],
  ]);
  const parsed = parseCommandLine(['configure', '--agent', 'from-argument'], inputs);
  expect(parsed.values.get('agent')).toBe('from-argument');
  expect(parsed.values.get('pool')).toBe('p');
  expect([...parsed.flags]).toEqual(['once']);
});
