import { afterEach, expect, it } from 'vitest';
import { ExecutorBench, MARK } from '../../test/executor-bench.js';
import { listenAgent } from './activate-agent.js';
import { enableAgent } from './enable-agent.js';

const { signal } = new AbortController();
let bench: ExecutorBench;

afterEach(() => bench[Symbol.asyncDispose]());

/** A member of the listening reserve, a job that waits for an agent, and the action that enables the member. */
async function started(answer: (call: string) => number = () => 200) {
  bench = await ExecutorBench.start({ kind: 'host' }, answer);
  const { emulator } = bench.pool;
  const told = { pool: 'linux', name: 'ci-1', reason: '' } as const;
  await listenAgent({ kind: 'listen-agent', ...told, agentVersion: '4.275.0' }, bench.parts, signal);
  bench.incus.calls.splice(0);
  const [agent] = emulator.agents();
  const action = { kind: 'enable-agent', ...told, agentId: agent?.id ?? 0 } as const;
  return { emulator, action, before: emulator.calls().length };
}

it('clears the mark, takes the time of activation anew, and then enables the agent', async () => {
  const shown: unknown[] = [];
  const { emulator, action, before } = await started(call => {
    if (call === MARK) shown.push(bench?.pool.emulator.agents()[0]?.enabled);
    return 200;
  });
  await enableAgent(action, bench.parts, signal);
  expect(bench.calls).toEqual([MARK]);
  expect(bench.marks).toEqual({ 'user.iap.listening': '', 'user.iap.activated': expect.stringMatching(/^\d+$/) });
  expect(shown.at(-1)).toBe(false);
  expect(emulator.calls().slice(before)).toMatchObject([{ method: 'PATCH', status: 200 }]);
  // Without it the server would give the agent no job.
  const { client, target } = bench.pool;
  expect(await client.agents.get(target.poolId, action.agentId)).toMatchObject({ enabled: true, maxParallelism: 1 });
});

it('enables nothing when the mark cannot be cleared', async () => {
  let fails = false;
  const { emulator, action, before } = await started(() => (fails ? 500 : 200));
  fails = true;
  await expect(enableAgent(action, bench.parts, signal)).rejects.toThrow('scripted');
  expect(emulator.calls()).toHaveLength(before);
  expect(emulator.agents()).toMatchObject([{ enabled: false }]);
});

it('leaves a disabled agent without the mark when Azure does not take it', async () => {
  const { emulator, action } = await started();
  emulator.failNext({ kind: 'server-error', method: 'PATCH', path: /\/agents\// });
  await expect(enableAgent(action, bench.parts, signal)).rejects.toMatchObject({ kind: 'unavailable' });
  expect(bench.marks).toMatchObject({ 'user.iap.listening': '' });
  expect(emulator.agents()).toMatchObject([{ enabled: false }]);
});

it('fails for a registration that is gone', async () => {
  const { action } = await started();
  const { client, target } = bench.pool;
  await client.agents.delete(target.poolId, action.agentId);
  await expect(enableAgent(action, bench.parts, signal)).rejects.toMatchObject({ kind: 'not-found' });
});
