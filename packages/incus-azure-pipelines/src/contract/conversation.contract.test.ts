import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Emulator } from '../../../azure-pipelines-emulator/src/index.js';
import { startScratch, whereIs } from '../../test/emulated-conversation.js';
import { CHECKS } from './checks.js';
import { type Conversation, converse } from './converse.js';
import { EMULATED } from './emulated.js';
import { judge } from './judge.js';
import { leaksIn } from './leaks.js';
import { parseRecording, recordingText, settled } from './recording-file.js';
import { replayed } from './replayed.js';

const RECORDINGS = join(import.meta.dirname, '../../../azure-pipelines-emulator/test/recordings');

let emulator: Emulator;
let conversation: Conversation;
beforeAll(async () => {
  emulator = await startScratch();
  conversation = await converse(whereIs(emulator), new AbortController().signal, () => {});
});
afterAll(() => emulator.close());

test('what the program takes for the answers of the emulator is what it answers', async () => {
  const recording = { ...settled(conversation.recording), server: 'the emulator' };
  await expect(recordingText(recording)).toMatchFileSnapshot('emulated.json');
});

test('the emulator is asked everything, and differs from itself in nothing', () => {
  expect(conversation.unasked).toEqual([]);
  const verdicts = judge(CHECKS, conversation.recording, EMULATED);
  expect(verdicts.filter(({ outcome }) => outcome !== 'same' && outcome !== 'closed')).toEqual([]);
  const read = new Set(CHECKS.flatMap(({ steps }) => steps));
  const steps = conversation.recording.exchanges.map(({ step }) => step);
  expect([...read].filter(step => !steps.includes(step))).toEqual([]);
  expect(steps.filter(step => !read.has(step))).toEqual([
    'job-offline',
    'job-wanted',
    'job-there',
    'job-session',
    'job-alone',
    'job-welcome',
    'job-enough',
    'job-session-closed',
    'session-to-be-cut',
  ]);
  expect(new Set(steps).size).toBe(steps.length);
});

test('an agent is enabled and online only once the job that names it waits, and none is left', () => {
  expect(emulator.agents()).toEqual([]);
  expect(emulator.jobs()).toMatchObject([{ result: 'canceled' }]);
  const steps = conversation.raw.map(({ step }) => step);
  const changes = conversation.raw.filter(
    ({ method, requestBody }) => method === 'PATCH' && /"enabled":/.test(requestBody),
  );
  const enabling = changes.filter(({ requestBody }) => requestBody.includes('"enabled":true')).map(({ step }) => step);
  expect(enabling).toEqual(['enable', 'job-wanted', 'job-welcome']);
  const before = ['enable', 'disable', 'session', 'session-closed', 'job-wanted', 'job-queued', 'job-there'];
  const order = [...before, 'job-session', 'job-welcome', 'job-enough', 'job-session-closed', 'session-to-be-cut'];
  expect(steps.filter(step => order.includes(step))).toEqual(order);
});

test('a recording holds nothing of its owner, and each thing of his that it held would be found', () => {
  const { known, raw, recording } = conversation;
  const text = recordingText(recording);
  expect(conversation.tokens).toEqual([emulator.token]);
  const secrets = { ...known, tokens: ['an-earlier-token', emulator.token] };
  expect(leaksIn(text, raw, secrets, JSON.stringify(EMULATED))).toEqual([]);
  const wire = JSON.stringify(raw);
  const client = /"clientId\\":\\"([^"\\]+)/.exec(wire)?.[1] ?? '';
  const modulus = /"modulus\\":\\"([^"\\]+)/.exec(wire)?.[1] ?? '';
  const basic = Buffer.from(`:${emulator.token}`).toString('base64');
  const found = (leaked: string) => leaksIn(`${text} ${leaked}`, raw, secrets, '');
  for (const token of ['an-earlier-token', emulator.token, basic]) expect(found(token)).toEqual(['the token']);
  expect(found('https://dev.azure.com/Contoso-Own/x')).toEqual(['the name of the organisation']);
  expect(found('a scratch pool.')).toEqual(['the name of the agent pool']);
  expect(found('127.0.0.1')).toEqual(['the name of the server']);
  expect(found(`${known.agentPrefix}1`)).toEqual(['the name of an agent']);
  expect(found(client)).toContain('an id of the organisation');
  expect(found(modulus)).toEqual(['a key, or who somebody is']);
  expect(found('emulated administrator')).toEqual(['a key, or who somebody is']);
  for (const leaked of [client, modulus]) expect(leaked.length).toBeGreaterThan(8);
});

const recordings = new Map([
  ['made from the emulator itself', EMULATED],
  ...readdirSync(RECORDINGS)
    .filter(name => name.endsWith('.json'))
    .map(name => [name, parseRecording(readFileSync(join(RECORDINGS, name), 'utf8'))] as const),
]);

test.each([...recordings])('the emulator answers as in the recording %s', (_, recording) => {
  expect(replayed(recording, conversation.recording)).toEqual([]);
});
