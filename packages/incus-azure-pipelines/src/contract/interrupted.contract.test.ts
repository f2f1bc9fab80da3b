import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Emulator } from '../../../azure-pipelines-emulator/src/index.js';
import { startAltering } from '../../test/altering-proxy.js';
import { startScratch, whereIs } from '../../test/emulated-conversation.js';
import { converse } from './converse.js';

let emulator: Emulator;
beforeEach(async () => {
  emulator = await startScratch();
});
afterEach(() => emulator.close());

const register = (name: string) =>
  fetch(`${emulator.url}/_apis/distributedtask/pools/1/agents?api-version=7.0`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`:${emulator.token}`)}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name, version: '4.275.0', maxParallelism: 1 }),
  });

test.each(['agent-registered', 'agent-online'] as const)('stopped at %s, it leaves nothing', async kind => {
  const stop = new AbortController();
  emulator.on(event => event.kind === kind && stop.abort());
  await expect(converse(whereIs(emulator), stop.signal, () => {})).rejects.toThrow('abort');
  expect(emulator.deletedAgents()).not.toEqual([]);
  expect(emulator.agents()).toEqual([]);
});

test('stopped while it has a job, it ends that and leaves nothing', async () => {
  const stop = new AbortController();
  emulator.on(event => event.kind === 'job-received' && stop.abort());
  await expect(converse(whereIs(emulator), stop.signal, () => {})).rejects.toThrow('abort');
  expect(emulator.jobs()).toMatchObject([{ result: 'canceled' }]);
  expect(emulator.agents()).toEqual([]);
});

test('an agent that was made without an answer is taken back too', async () => {
  await using proxy = await startAltering(emulator.url, answer => {
    if (answer.method === 'POST' && answer.path.endsWith('/agents')) answer.status = 503;
  });
  const { unasked } = await converse(whereIs(emulator, proxy.url), new AbortController().signal, () => {});
  expect(unasked.length).toBeGreaterThan(1);
  expect(emulator.deletedAgents()).not.toEqual([]);
  expect(emulator.agents()).toEqual([]);
});

test('what cannot be taken back is named', async () => {
  const stop = new AbortController();
  emulator.on(event => event.kind === 'agent-registered' && stop.abort());
  await using proxy = await startAltering(emulator.url, answer => {
    if (answer.method === 'GET' && answer.path.endsWith('/agents') && emulator.agents().length > 0) answer.status = 503;
  });
  const call = converse(whereIs(emulator, proxy.url), stop.signal, () => {});
  await expect(call).rejects.toThrow(/take back the agents "contract-check-[0-9a-f]{12}-\.\.\.".*delete them in Azure/);
});

test('an agent that refuses to be taken back does not keep the other', async () => {
  const stop = new AbortController();
  emulator.on(({ kind }) => {
    if (kind !== 'agent-online') return;
    emulator.failNext({ kind: 'server-error', method: 'DELETE', path: /\/agents\/\d+/, caller: 'organisation' });
    stop.abort();
  });
  const call = converse(whereIs(emulator), stop.signal, () => {});
  await expect(call).rejects.toThrow(/take back the agents "contract-check-[0-9a-f]{12}-\.\.\."/);
  expect([emulator.agents().length, emulator.deletedAgents().length]).toEqual([1, 1]);
});

test('a pool with agents of others is not touched', async () => {
  await register('somebody');
  const calls = emulator.calls().length;
  await expect(converse(whereIs(emulator), new AbortController().signal, () => {})).rejects.toThrow(
    'agent pool "scratch pool" has an agent: "somebody"; name an empty one that is there for this, or say --beside-others',
  );
  const changing = emulator
    .calls()
    .slice(calls)
    .filter(({ method }) => method !== 'GET');
  expect(changing).toEqual([]);
});

test('an agent that an earlier call has left is told as such', async () => {
  await register('contract-check-0123456789ab-1');
  await expect(converse(whereIs(emulator), new AbortController().signal, () => {})).rejects.toThrow(
    'left by a call that was killed',
  );
});

test('where it is told to, it leaves agents of others alone', async () => {
  await register('somebody');
  const stop = new AbortController();
  emulator.on(event => event.kind === 'agent-online' && stop.abort());
  const call = converse({ ...whereIs(emulator), besideOthers: true, awaitJobMs: 0 }, stop.signal, () => {});
  await expect(call).rejects.toThrow('abort');
  expect(emulator.agents().map(({ name }) => name)).toEqual(['somebody']);
});
