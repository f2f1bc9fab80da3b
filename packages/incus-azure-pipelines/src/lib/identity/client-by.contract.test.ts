import { Readable } from 'node:stream';
import { createHttpHeaders, createPipelineRequest, type RequestBodyType } from '@azure/core-rest-pipeline';
import { Agent } from 'undici';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startMachineEndpoint } from '../../../test/token-endpoint.js';
import { clientBy } from './client-by.js';

const TEXT = 'scope=a&grant_type=b';
const bytes = new TextEncoder().encode(TEXT);

let dispatcher: Agent;
beforeAll(() => {
  dispatcher = new Agent();
});
afterAll(() => dispatcher.destroy());

it.each<[string, RequestBodyType]>([
  ['a text', TEXT],
  ['bytes', bytes],
  ['a buffer', Buffer.from(TEXT)],
  ['an array of bytes', new Uint8Array(bytes).buffer],
  ['a blob', new Blob([TEXT])],
  ['a stream', Readable.from([bytes])],
  ['a function that makes a stream', () => Readable.from([bytes])],
  ['a stream of the web', new Blob([TEXT]).stream()],
])('sends %s whole', async (_, body) => {
  await using server = await startMachineEndpoint(() => ({ body: { access_token: 'it' } }));
  const headers = createHttpHeaders({ 'content-type': 'application/x-www-form-urlencoded' });
  const request = createPipelineRequest({ url: server.url, method: 'POST', headers, body });
  const answer = await clientBy(dispatcher, () => {}).sendRequest(request);
  expect(answer).toMatchObject({ status: 200, bodyAsText: '{"access_token":"it"}' });
  expect(server.asked.map(({ form }) => form.toString())).toEqual([TEXT]);
});

it('refuses a form in place of sending nothing', async () => {
  await using server = await startMachineEndpoint(() => ({ body: {} }));
  const request = createPipelineRequest({ url: server.url, method: 'POST', body: new FormData() });
  await expect(clientBy(dispatcher, () => {}).sendRequest(request)).rejects.toThrow('a form is sent as text');
  expect(server.asked).toEqual([]);
});
