import { expect, test } from 'vitest';
import { refusalsIn } from './refusals.js';

test.each([
  ['a plain text', `throw new UserError('leave out (one), or "both"', { cause });`, ['leave out (one), or "both"']],
  [
    'names',
    'new UserError(`no agent "%{pool.agentName}" in %{MOST_JOBS}; see "status"`)',
    ['no agent "AGENT NAME" in MOST JOBS; see "status"'],
  ],
  [
    'what is worked out, which may hold texts again',
    "new NoDaemonError(\n  `at %{isNew ? `a %{kind}` : ')'} there is %{list.join('`')}%{rest}: start it`,\n)",
    ['at ... there is ...REST: start it'],
  ],
  ['two in a row', 'new UserError(`%{a()}%{b()}: is no job`)', ['...: is no job']],
  ['a choice', "new UserError(isOne ? 'there is one' : `there are %{count}`)", ['there are COUNT', 'there is one']],
  ['what comes from elsewhere', 'new UserError(sentenceOf(obstacle))', []],
  ['a plan', "return { kind: 'refused', why: `%{what} is in the way` };", ['WHAT is in the way']],
  ['another error', "new Error('this is a bug')", []],
])('%s', (_, source, mistakes) => {
  expect(refusalsIn([source.replaceAll('%{', '${')])).toEqual({ mistakes, passing: [] });
});

test('what may pass by itself is told apart, and nothing twice', () => {
  const source = "new DaemonError('it is busy'); new PassingError('it is busy'); new UserError('it is not there');";
  expect(refusalsIn([source])).toEqual({ mistakes: ['it is not there'], passing: ['it is busy'] });
});
