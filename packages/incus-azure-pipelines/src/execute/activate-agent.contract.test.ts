import { afterEach, expect, it } from 'vitest';
import { keyAsParameters } from '../../../azure-pipelines-emulator/test/known-answers.js';
import { ExecutorBench, LOOK, MARK, PUSH, REMOVAL } from '../../test/executor-bench.js';
import { activateAgent, listenAgent } from './activate-agent.js';
import { UsedUpError } from './used-up-error.js';

const { signal } = new AbortController();
const told = { pool: 'linux', name: 'ci-1', agentVersion: '4.275.0', reason: '' } as const;
const action = { kind: 'activate-agent', ...told } as const;
const listening = { kind: 'listen-agent', ...told } as const;

let bench: ExecutorBench;

afterEach(() => bench[Symbol.asyncDispose]());

async function start(...given: Parameters<typeof ExecutorBench.start>): Promise<ExecutorBench> {
  bench = await ExecutorBench.start(...given);
  return bench;
}

it('takes one call to Azure and two to Incus when the host registers, and pushes no token', async () => {
  const { parts, pool, incus } = await start({ kind: 'host' });
  const before = pool.emulator.calls().length;
  await activateAgent(action, parts, signal);
  const [agent] = pool.emulator.agents();
  expect(pool.emulator.calls().slice(before)).toMatchObject([{ method: 'POST', status: 200 }]);
  expect(incus.calls.map(({ call }) => call)).toEqual([MARK, PUSH]);
  expect(incus.calls[0]?.body.toString()).toMatch(/"user\.iap\.activated":"\d+"/);
  expect(bench.marks).toMatchObject({ 'user.iap.agent-pool-id': String(pool.target.poolId) });
  expect(JSON.parse(bench.pushed.get('.agent') ?? '')).toMatchObject({ agentId: agent?.id, agentName: 'ci-1' });
  expect(JSON.parse(bench.pushed.get('.credentials_rsaparams') ?? '')).toEqual(keyAsParameters);
  expect(bench.pushed.has('token')).toBe(false);
  expect(incus.calls.some(({ body }) => body.includes(pool.emulator.token))).toBe(false);
  expect(incus.calls[0]?.body.includes(keyAsParameters.modulus.slice(0, 20))).toBe(false);
});

it('gives the agent its capabilities before the guest is told anything, its work folder included, and takes it back where that fails', async () => {
  const { incus, parts, pool } = await start({ kind: 'host' });
  const [spec] = [...parts.pools.values()].map(linux => ({
    ...linux,
    spec: { ...linux.spec, capabilities: { gpu: 'a100' }, workFolder: '/work' },
  }));
  if (spec === undefined) throw new Error('the bench has no pool');
  const given = { ...parts, pools: new Map([['linux', spec]]) };
  await activateAgent(action, given, signal);
  expect(pool.emulator.calls().slice(-2)).toMatchObject([{ method: 'POST' }, { method: 'PUT', status: 200 }]);
  const [agent] = await pool.client.agents.list(pool.target.poolId, { includeCapabilities: true });
  expect(agent?.userCapabilities).toEqual({ gpu: 'a100' });
  expect(JSON.parse(bench.pushed.get('.agent') ?? '')).toMatchObject({ workFolder: '/work' });
  const before = incus.calls.length;
  pool.emulator.failNext({ kind: 'server-error', method: 'PUT' });
  await expect(activateAgent({ ...action, name: 'ci-2' }, given, signal)).rejects.toThrow('its capabilities');
  expect(pool.emulator.agents().map(({ name }) => name)).toEqual(['ci-1']);
  expect(incus.calls).toHaveLength(before);
});

it('tells the id of an agent that the host has registered before the instance is told, though that fails', async () => {
  const { parts, pool } = await start({ kind: 'host' }, call => (call === MARK ? 500 : 200));
  const told: unknown[] = [];
  const emit: typeof parts.emit = (event, about) => {
    if (event === 'agent-registered') told.push({ ...about, isThere: pool.emulator.agents().length === 1 });
  };
  const failed = activateAgent(action, { ...parts, emit }, signal);
  await expect(failed).rejects.toThrow('scripted');
  expect(told).toEqual([{ name: 'ci-1', agentId: expect.any(Number), isThere: true }]);
});

it('takes two calls to Incus and none to Azure when the guest registers', async () => {
  const { parts, pool, incus } = await start({ kind: 'guest' });
  const before = pool.emulator.calls().length;
  await activateAgent(action, parts, signal);
  expect(pool.emulator.calls()).toHaveLength(before);
  expect(incus.calls.map(({ call }) => call)).toEqual([MARK, PUSH]);
  expect(bench.pushed.get('token')).toBe(`${pool.emulator.token}\n`);
});

it.each([
  ['the mark', MARK, [MARK]],
  ['the push', PUSH, [MARK, PUSH]],
])('takes the registration back at once when %s fails, and then the instance', async (_, failing, calls) => {
  const { parts, pool, incus } = await start({ kind: 'host' }, call => (call === failing ? 500 : 200));
  const failed = activateAgent(action, parts, signal);
  await expect(failed).rejects.toThrow('scripted');
  await expect(failed).rejects.toBeInstanceOf(UsedUpError);
  expect(pool.emulator.agents()).toEqual([]);
  expect(incus.calls.map(({ call }) => call)).toEqual([...calls, ...REMOVAL]);
});

it.each([
  ['push', PUSH, true],
  ['mark', MARK, false],
])('has used up the instance of a guest that registers when the %s fails, or has not', async (_, failing, isUsedUp) => {
  const { parts } = await start({ kind: 'guest' }, call => (call === failing ? 500 : 200));
  const error: unknown = await activateAgent(action, parts, signal).catch(thrown => thrown);
  expect(error).toMatchObject({ message: expect.stringMatching('scripted') });
  expect(error instanceof UsedUpError).toBe(isUsedUp);
});

it('removes the instance as soon as Incus is back, when that was away for the push and the removal', async () => {
  const removals = [500, 500, 404, 404];
  const { parts, incus } = await start(
    { kind: 'host' },
    call => (call === PUSH ? 500 : 200),
    () => removals.shift() ?? 200,
  );
  const pauses: number[] = [];
  const clock = { ...parts.clock, sleep: async (ms: number) => void pauses.push(ms) };
  await expect(activateAgent(action, { ...parts, clock }, signal)).rejects.toThrow('scripted');
  const [stop = ''] = REMOVAL;
  expect(incus.calls.map(({ call }) => call)).toEqual([MARK, PUSH, stop, stop, ...REMOVAL]);
  expect(pauses).toEqual([1_000, 2_000]);
});

it('leaves the instance to the loop when Incus does not come back', async () => {
  const { parts, incus } = await start(
    { kind: 'host' },
    call => (call === PUSH ? 500 : 200),
    () => 500,
  );
  const pauses: number[] = [];
  const clock = { ...parts.clock, sleep: async (ms: number) => void pauses.push(ms) };
  await expect(activateAgent(action, { ...parts, clock }, signal)).rejects.toThrow('scripted');
  expect(incus.calls).toHaveLength(2 + pauses.length + 1);
  expect(pauses.reduce((sum, ms) => sum + ms)).toBeGreaterThanOrEqual(60_000);
});

it('touches no instance whose registration could not be made', async () => {
  const { parts, pool, incus } = await start({ kind: 'host' });
  pool.emulator.failNext({ kind: 'server-error', method: 'POST', path: /\/agents$/ });
  await expect(activateAgent(action, parts, signal)).rejects.toMatchObject({ kind: 'unavailable' });
  expect(incus.calls).toEqual([]);
});

it('leaves the instance to the loop when its registration cannot be taken back', async () => {
  const { parts, pool, incus } = await start({ kind: 'host' }, call => (call === PUSH ? 500 : 200));
  pool.emulator.failNext({ kind: 'server-error', method: 'DELETE', path: /\/agents\// });
  await expect(activateAgent(action, parts, signal)).rejects.toThrow('scripted');
  expect(pool.emulator.agents()).toMatchObject([{ enabled: false }]);
  expect(incus.calls.map(({ call }) => call)).toEqual([MARK, PUSH]);
});

it('does nothing before it is known who registers', async () => {
  const { parts, pool, incus } = await start({ kind: 'probing', why: 'no answer yet' });
  await expect(activateAgent(action, parts, signal)).rejects.toThrow('no answer yet');
  expect([incus.calls, pool.emulator.agents()]).toEqual([[], []]);
});

it('starts an agent ahead that is disabled, and seen so before its instance is told anything', async () => {
  const { parts, pool } = await start({ kind: 'host' });
  const before = pool.emulator.calls().length;
  await listenAgent(listening, parts, signal);
  expect(pool.emulator.calls().slice(before)).toMatchObject([{ method: 'POST' }, { method: 'GET' }]);
  expect(bench.calls).toEqual([LOOK, MARK, PUSH]);
  expect(pool.emulator.agents()).toMatchObject([{ name: 'ci-1', enabled: false }]);
  expect(bench.marks).toEqual({
    'user.iap.agent-pool-id': String(bench.pool.target.poolId),
    'user.iap.activated': expect.stringMatching(/^\d+$/),
    'user.iap.listening': bench.marks['user.iap.activated'],
  });
  expect(bench.pushed.has('.credentials_rsaparams')).toBe(true);
});

it('tells the instance nothing when its agent is not shown as disabled, and takes back the registration alone', async () => {
  const { parts, pool } = await start({ kind: 'host' });
  pool.emulator.failNext({ kind: 'server-error', method: 'GET', path: /\/agents\/\d+$/ });
  await expect(listenAgent(listening, parts, signal)).rejects.toMatchObject({ kind: 'unavailable' });
  expect(bench.calls).toEqual([LOOK]);
  expect(pool.emulator.agents()).toEqual([]);
});

it('takes a listening one back when the push fails', async () => {
  const { parts, pool } = await start({ kind: 'host' }, call => (call === PUSH ? 500 : 200));
  await expect(listenAgent(listening, parts, signal)).rejects.toThrow('scripted');
  expect(bench.calls).toEqual([LOOK, MARK, PUSH, ...REMOVAL]);
  expect(pool.emulator.agents()).toEqual([]);
});

it('starts none ahead where the guest registers', async () => {
  const { parts, pool } = await start({ kind: 'guest' });
  await expect(listenAgent(listening, parts, signal)).rejects.toThrow('only the host can register an agent');
  expect([bench.calls, pool.emulator.agents()]).toEqual([[], []]);
});
