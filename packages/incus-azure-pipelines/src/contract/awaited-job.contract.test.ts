import { afterEach, expect, test } from 'vitest';
import type { Emulator } from '../../../azure-pipelines-emulator/src/index.js';
import { startAltering } from '../../test/altering-proxy.js';
import { queueNaming, startScratch, whereIs } from '../../test/emulated-conversation.js';
import type { OnProgress } from '../model/progress.js';
import { converse } from './converse.js';

const POOL = 'scratch pool';

let emulator: Emulator;
afterEach(() => emulator.close());

const never = new AbortController().signal;

/** What was not asked in a conversation behind something that alters answers. */
async function unaskedBehind(alter: Parameters<typeof startAltering>[1], onProgress: OnProgress = () => {}) {
  await using proxy = await startAltering(emulator.url, alter);
  return (await converse(whereIs(emulator, proxy.url), never, onProgress)).unasked;
}

const change = (method: string, path: string, body?: object) =>
  fetch(`${emulator.url}/_apis/distributedtask/pools/1/agents${path}?api-version=7.0`, {
    method,
    headers: { authorization: `Basic ${btoa(`:${emulator.token}`)}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

test('a job that does not name the agent is not taken, and is left as it is', async () => {
  emulator = await startScratch({}, it => it.queueJob({ pool: POOL, steps: [] }));
  const texts: string[] = [];
  const { unasked } = await converse(whereIs(emulator), never, ({ text }) => texts.push(text));
  expect(unasked).toEqual(['a job: the pool has another job than the one that names the agent; none was taken']);
  expect(texts.join()).not.toContain('behind');
  expect(emulator.jobs().map(({ agentName, result }) => [agentName, result])).toEqual([[undefined, undefined]]);
  expect(emulator.agents()).toEqual([]);
});

test('a job beside the one that names the agent keeps that from listening', async () => {
  emulator = await startScratch({}, (emulator, name) => {
    queueNaming(emulator, name);
    emulator.queueJob({ pool: POOL, steps: [] });
  });
  const { unasked } = await converse(whereIs(emulator), never, () => {});
  expect(unasked).toEqual([expect.stringContaining('than the one that names the agent; none was taken')]);
  expect(emulator.jobs().map(({ result }) => result)).toEqual([undefined, undefined]);
});

test('a job that comes in place of the one that names the agent is ended as canceled, not as succeeded', async () => {
  emulator = await startScratch();
  emulator.on(({ kind }) => {
    const [meant, another] = emulator.jobs();
    const isWelcome = emulator.agents().some(({ enabled, status }) => enabled && status === 'online');
    if (kind !== 'agent-changed' || !isWelcome || meant === undefined || another !== undefined) return;
    emulator.cancelJob(meant.requestId);
    emulator.queueJob({ pool: POOL, name: 'of somebody', steps: [] });
  });
  const { unasked } = await converse(whereIs(emulator), never, () => {});
  expect(unasked).toEqual(['a job: a job came that did not name the agent; it was ended as canceled']);
  expect(emulator.jobs().at(-1)).toMatchObject({ name: 'of somebody', result: 'canceled' });
});

test('a pool that has a job already is refused, and so is one with agents of others', async () => {
  emulator = await startScratch();
  const systemCapabilities = { 'Agent.Version': '4.275.0' };
  const made = await change('POST', '', { name: 'somebody', version: '4.275.0', systemCapabilities });
  const { id } = (await made.json()) as { id: number };
  const beside = converse({ ...whereIs(emulator), besideOthers: true }, never, () => {});
  await expect(beside).rejects.toThrow('--await-job wants a pool without agents of others');
  emulator.queueJob({ pool: POOL, steps: [] });
  await change('DELETE', `/${id}`);
  await expect(converse(whereIs(emulator), never, () => {})).rejects.toThrow('"scratch pool" has a job already');
  expect(emulator.deletedAgents()).toHaveLength(1);
});

test('no job comes to an agent that could not read it, and the one that waits for it is told to be left behind', async () => {
  emulator = await startScratch();
  const assigned: string[] = [];
  emulator.on(({ kind }) => kind === 'job-assigned' && assigned.push(kind));
  const texts: string[] = [];
  const unasked = await unaskedBehind(
    answer => {
      if (!answer.path.includes('/sessions') || answer.status !== 200) return;
      const value = Buffer.alloc(256, 1).toString('base64');
      answer.body = answer.body.replace(/"value":"[^"]*"/, `"value":"${value}"`);
    },
    ({ text }) => texts.push(text),
  );
  expect(unasked).toEqual(['a job: the agent could not read a job: it cannot unwrap the key of its session']);
  expect(assigned).toEqual([]);
  const [{ requestId } = {}] = emulator.jobs();
  expect(texts.at(-1)).toBe(
    `leaves job request ${requestId} behind, which waits for an agent that is gone: cancel its run in Azure`,
  );
});

test('a job whose message cannot be read is told to be lost', async () => {
  emulator = await startScratch();
  const unasked = await unaskedBehind(answer => {
    answer.body = answer.body.replace('"body":', '"content":');
  });
  expect(unasked).toEqual([expect.stringMatching(/^a job: end the job .* it is lost; cancel its run in Azure$/)]);
});

test.each([
  ['is cut', 503],
  ['is answered a page', 203],
  ['is sent elsewhere', 302],
])('a job whose poll %s is ended as canceled, and the agent can listen again', async (_, status) => {
  emulator = await startScratch();
  let left = 1;
  const unasked = await unaskedBehind(answer => {
    if (answer.path.includes('/messages') && answer.status === 200 && left-- > 0) answer.status = status;
  });
  expect(unasked).toEqual([`a job: the poll for a job was answered ${status}`]);
  expect(emulator.jobs()).toMatchObject([{ result: 'canceled' }]);
});

test('where no job comes, the rest is asked all the same', async () => {
  emulator = await startScratch({}, () => {});
  const { unasked } = await converse({ ...whereIs(emulator), awaitJobMs: 500 }, never, () => {});
  expect(unasked).toEqual([
    expect.stringMatching(/^a job: no job came with "demands: Agent.Name -equals contract-check-\w+-1" within 1 min$/),
  ]);
  expect(emulator.agents()).toEqual([]);
});

test('stopped while a job is waited for, it leaves no agent', async () => {
  const stop = new AbortController();
  emulator = await startScratch({}, () => stop.abort());
  await expect(converse(whereIs(emulator), stop.signal, () => {})).rejects.toThrow('abort');
  expect(emulator.agents()).toEqual([]);
});

test('stopped when its job is given to it, it ends that as canceled', async () => {
  const stop = new AbortController();
  emulator = await startScratch();
  emulator.on(({ kind }) => kind === 'job-assigned' && stop.abort());
  await expect(converse(whereIs(emulator), stop.signal, () => {})).rejects.toThrow('abort');
  expect(emulator.jobs()).toMatchObject([{ result: 'canceled' }]);
  expect(emulator.agents()).toEqual([]);
});

test('stopped when its job is given to it, and that cannot be ended, it says so', async () => {
  const stop = new AbortController();
  emulator = await startScratch();
  emulator.on(({ kind }) => kind === 'job-assigned' && stop.abort());
  await using proxy = await startAltering(emulator.url, answer => {
    if (answer.path.includes('/messages') && answer.status === 200) answer.body = '{}';
  });
  const call = converse(whereIs(emulator, proxy.url), stop.signal, () => {});
  await expect(call).rejects.toThrow('it is lost; cancel its run in Azure');
  expect(emulator.agents()).toEqual([]);
});
