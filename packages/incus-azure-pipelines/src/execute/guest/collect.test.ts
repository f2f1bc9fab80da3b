import { expect, test } from 'vitest';
import { parseCollected } from './collect.js';
import { LOG_DIRECTORY } from './layout.js';

const SENTENCE = '2026-11-24 00:29:55Z error: register the agent: no OAuth\n';
/** The ends of these logs as the command prints them. */
const printed = (logs: Readonly<Record<string, string>>) =>
  Object.entries(logs)
    .map(([name, end]) => `==> ${LOG_DIRECTORY}/${name}.log <==\n${end}`)
    .join('\n');

test.each([
  [{ prepared: 'Prepared.\n', register: `${SENTENCE}more\n` }, 'register the agent: no OAuth'],
  [{ register: '2026-11-24 00:29:55Z Registered.\nerror: of a program\n', agent: '' }, undefined],
  [{ prepared: SENTENCE, register: 'Registered.\n', agent: SENTENCE }, undefined],
  [{ register: '', agent: `\n==> ${LOG_DIRECTORY}/register.log <==\n${SENTENCE}` }, undefined],
  [{}, undefined],
])('finds the sentence with which a guest gave up in the log of its registration alone, %j', (logs, error) => {
  expect(parseCollected(printed(logs)).registrationError).toBe(error);
});

test('keeps what the logs say, without their headers', () => {
  expect(parseCollected(printed({ prepared: 'Prepared.\n', register: '', agent: 'done\n' })).text).toBe(
    'Prepared.\ndone\n',
  );
});

test.each([
  ['oom_kill 0\nroom bash: line 9: printf: write error: No space left on device\nPrepared.\n', true],
  ['oom_kill 0\nroom bash: line 9: printf: write error: Disk quota exceeded\nPrepared.\n', true],
  ['oom_kill 0\nroom bash: line 9: /var/tmp/iap-room: Permission denied\nPrepared.\n', false],
  ['oom_kill 0\nPrepared.\n', false],
])('knows by the second line of %j whether the disk is full', (output, isDiskFull) => {
  expect(parseCollected(output)).toMatchObject({ isDiskFull, text: 'Prepared.\n' });
});

test.each([
  ['oom_kill 2\nPrepared.\n', 2, 'Prepared.\n'],
  ['oom_kill 0\n', 0, ''],
  ['Prepared.\noom_kill 7\n', 0, 'Prepared.\noom_kill 7\n'],
  ['', 0, ''],
])('counts as killed for want of memory what the first line of %j says', (output, memoryKills, text) => {
  expect(parseCollected(output)).toMatchObject({ memoryKills, text });
});
