import { expect, test } from 'vitest';
import { journalForm, terminalForm } from './log-form.js';
import { printable } from './printable.js';

function line(level: string, data: object): string {
  return `${JSON.stringify({ level, time: '2030-01-01T12:34:56.789Z', ...data })}\n`;
}

test.each([
  ['debug', 7],
  ['info', 6],
  ['warn', 4],
  ['error', 3],
])('the journal learns the priority of a line of level %s, and keeps it whole', (level, priority) => {
  const told = line(level, { pool: 'linux', msg: 'agent ended' });
  expect(journalForm(told)).toBe(`<${priority}>${told}`);
});

test.each([
  ['text of a guest', { text: printable(`${'\u001b'.repeat(48 * 1024)}the end`) }],
  ['several texts', { text: 'é'.repeat(30_000), error: { stack: '\\'.repeat(30_000) } }],
])('the journal gets no line that it would cut in two, since a job might begin the second one: %s', (_, data) => {
  const told = journalForm(line('debug', { pool: 'linux', ...data, msg: 'last lines of a finished agent' }));
  expect(Buffer.byteLength(told)).toBeLessThan(40 * 1024);
  expect(Buffer.byteLength(told)).toBeGreaterThan(20 * 1024);
  expect(told).toMatch(/^<7>\{[^\n]*\}\n$/);
  expect(JSON.parse(told.slice(3))).toMatchObject({ pool: 'linux', msg: 'last lines of a finished agent' });
});

test('what is cut from a text for the journal is its beginning, and that is marked', () => {
  const told = journalForm(line('debug', { text: `the beginning${'\u001b'.repeat(48 * 1024)}the end` }));
  expect(told).toMatch(/"text":"\[\.\.\.\] .*the end"/);
  expect(told).not.toContain('the beginning');
});

test('a terminal shows when, how grave, what and with what', () => {
  const told = line('info', { pool: 'linux', job: 'build "all"', count: 2, result: '', msg: 'job ended' });
  expect(terminalForm(told, true)).toBe(
    '12:34:56 info  job ended  pool=linux  job="build \\"all\\""  count=2  result=""\n',
  );
});

test('a warning is coloured where there are colours', () => {
  const told = line('warn', { msg: 'cannot be read' });
  expect(terminalForm(told, true)).toBe('12:34:56 \u001b[33mwarn \u001b[39m cannot be read\n');
  expect(terminalForm(told, false)).toBe('12:34:56 warn  cannot be read\n');
});

test('text of several lines stands below, and a stack too', () => {
  const told = line('warn', {
    error: 'failed:\nline 1\nline 2\n',
    err: { type: 'Error', stack: 'Error: x\n at y' },
    msg: 'm',
  });
  expect(terminalForm(told, false)).toBe(
    '12:34:56 warn  m\n  error:\n    failed:\n    line 1\n    line 2\n  err:\n    Error: x\n     at y\n',
  );
});

test('a terminal obeys nothing in it, whoever wrote it', () => {
  const shown = terminalForm(
    line('info', { a: '\u001b]52;c;x\u0007', b: 'x\n\u001b[2J', c: { d: '\u009b1m' }, msg: '\u202e' }),
    true,
  );
  expect(shown.replaceAll('\n', '')).not.toMatch(/\p{Cc}|\u202e/u);
  expect(shown).toContain('a=\\u001b]52;c;x\\u0007');
});
