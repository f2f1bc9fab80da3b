import { expect, test } from 'vitest';
import { EMULATED } from './emulated.js';
import type { Exchange } from './exchange.js';
import { replayed } from './replayed.js';

/** A recording in which one exchange is another. */
function recordingWith(step: string, changed: Partial<Exchange>) {
  const exchanges = EMULATED.exchanges.map(exchange =>
    exchange.step === step ? { ...exchange, ...changed } : exchange,
  );
  return { ...EMULATED, server: 'Azure DevOps Services', exchanges };
}

test('an emulator that answers as the recorded server differs in nothing', () => {
  expect(replayed(EMULATED, EMULATED)).toEqual([]);
});

test('each difference is a line that names the check, and what either says', () => {
  const lines = replayed(recordingWith('poll', { status: 204 }), EMULATED);
  expect(lines).toEqual([
    expect.stringMatching(/^empty-poll: This was open\. .*emulator answers "202 no body", the server "204 no body"/),
  ]);
});

test('a recording without a job is replayed without one', () => {
  const exchanges = EMULATED.exchanges.filter(({ step }) => !step.startsWith('job-') && step !== 'delete-busy');
  expect(replayed({ ...EMULATED, exchanges }, EMULATED)).toEqual([]);
});

test('a recording of other requests than those of today is told to be made anew', () => {
  expect(replayed(recordingWith('poll', { apiVersion: '6.0' }), EMULATED)).toEqual([
    expect.stringMatching(/^poll: is asked otherwise now .*make the recording anew$/),
  ]);
  expect(replayed(recordingWith('poll', { step: 'gone' }), EMULATED)[0]).toMatch(/^gone: is not asked any more/);
});
