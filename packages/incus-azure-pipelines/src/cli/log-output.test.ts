import { expect, test } from 'vitest';
import { UserError } from '../lib/user-error.js';
import { reportFailure } from './failure.js';
import { type LogOutput, logForm } from './log-output.js';

const PIPE: LogOutput = { isTerminal: false, journalStream: undefined, stream: '8:42', noColour: false };
const LINE = '{"level":"warn","time":"2030-01-01T12:34:56.789Z","msg":"x"}\n';

test.each([
  ['a pipe', PIPE, undefined],
  ['the journal', { ...PIPE, journalStream: '8:42' }, `<4>${LINE}`],
  ['a pipe of a child of the journal', { ...PIPE, journalStream: '8:7' }, undefined],
  ['a terminal', { ...PIPE, isTerminal: true, noColour: true }, '12:34:56 warn  x\n'],
  ['a terminal with colours', { ...PIPE, isTerminal: true }, '12:34:56 \u001b[33mwarn \u001b[39m x\n'],
])('the log has the form of where it goes: %s', (_, output, shown) => {
  expect(logForm(output)?.(LINE)).toBe(shown);
});

test.each([
  [true, '<3>incus-azure-pipelines: one\n<3>two\n'],
  [false, 'incus-azure-pipelines: one\ntwo\n'],
])('the last words of the daemon are errors to the journal: %s', (isJournal, shown) => {
  const told: string[] = [];
  reportFailure(new UserError('one\ntwo'), { isJournal, write: () => {}, complain: text => void told.push(text) });
  expect(told).toEqual([shown]);
});
