import { expect, test } from 'vitest';
import { CHECKS } from './checks.js';
import { EMULATED } from './emulated.js';
import type { Exchange } from './exchange.js';
import { judge } from './judge.js';
import { parseRecording, recordingText } from './recording-file.js';

/** What is told where the answer to one step is another. */
function told(step: string, changed: Partial<Exchange>) {
  const exchanges = EMULATED.exchanges.map(exchange =>
    exchange.step === step ? { ...exchange, ...changed } : exchange,
  );
  return judge(CHECKS, { ...EMULATED, exchanges }, EMULATED).filter(
    ({ outcome }) => outcome !== 'same' && outcome !== 'closed',
  );
}

const refusal = EMULATED.exchanges.find(({ step }) => step === 'register-again')?.answer as object;
const read = EMULATED.exchanges.find(({ step }) => step === 'read-registered')?.answer as Record<string, never>;

test('another status is told, with what depends on it', () => {
  expect(told('register-again', { status: 400 })).toEqual([
    {
      check: 'name-taken',
      expected: '409 TaskAgentExistsException',
      seen: '400 TaskAgentExistsException',
      outcome: 'different',
      says: 'Asked to register its name again: the emulator answers "409 TaskAgentExistsException", the server "400 TaskAgentExistsException". What depends on it: one name is never two agents.',
    },
  ]);
});

test('another name of the error is told', () => {
  const [verdict] = told('register-again', { answer: { ...refusal, typeKey: 'OtherException' } });
  expect(verdict).toMatchObject({ outcome: 'different', seen: '409 OtherException' });
});

test('a field that is absent, and one of another kind, are told by name', () => {
  const { createdOn: _, ...rest } = read;
  const [absent] = told('read-registered', { answer: rest });
  expect(absent).toMatchObject({
    check: 'registered',
    outcome: 'different',
    says: expect.stringContaining('no createdOn'),
  });
  const [other] = told('read-registered', { answer: { ...read, version: '<number>' } });
  expect(other?.says).toContain('version is number, not text');
});

test('what is absent with the field that holds it is told once', () => {
  const { _links: _, ...rest } = read;
  expect(told('read-registered', { answer: rest })[0]?.says).toContain('the server has no _links.');
});

test('fields that the emulator does not have are no difference', () => {
  expect(told('read-registered', { answer: { ...read, somethingNew: { at: '<time>' } } })).toEqual([]);
});

test('another value of a field that is relied on is told', () => {
  const [verdict] = told('read-registered', { answer: { ...read, enabled: true } });
  expect(verdict).toMatchObject({ check: 'registered', outcome: 'different' });
});

test('an answer to an open question that is not as guessed is told as such', () => {
  expect(told('poll', { status: 204 })).toEqual([
    expect.objectContaining({
      check: 'empty-poll',
      expected: '(202 no body)',
      seen: '204 no body',
      outcome: 'different',
      says: expect.stringMatching(/^This was open\. /),
    }),
  ]);
});

test('from a server that is out of order nothing is concluded', () => {
  expect(new Set(told('register', { status: 503, answer: {} }).map(({ outcome }) => outcome))).toEqual(
    new Set(['unclear']),
  );
});

test('what was not answered is told as not asked', () => {
  const exchanges = EMULATED.exchanges.filter(({ step }) => step !== 'poll');
  const verdicts = judge(CHECKS, { ...EMULATED, exchanges }, EMULATED);
  const unasked = verdicts.filter(({ outcome }) => outcome === 'not asked').map(({ check }) => check);
  expect(unasked).toEqual(['empty-poll', 'poll-lasts']);
});

test('a recording is read as it was written, and nothing else is taken for one', () => {
  expect(parseRecording(recordingText(EMULATED))).toEqual(EMULATED);
  expect(() => parseRecording('{"format":2}')).toThrow('it is none, or one of another release');
});
