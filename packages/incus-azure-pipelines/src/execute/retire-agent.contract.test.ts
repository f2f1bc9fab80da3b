import { afterEach, expect, it } from 'vitest';
import { ExecutorBench, REMOVAL } from '../../test/executor-bench.js';
import { aPool } from '../../test/simulation/examples.js';
import { azureKey } from '../model/pool.js';
import { runnableAgent } from './registration/runnable-agent.js';
import { deleteInstance, deleteRegistration } from './retire-agent.js';

const { signal } = new AbortController();
const agentPool = azureKey(aPool().azure);
const told = { pool: 'linux', name: 'ci-1', reason: 'offline too long' } as const;

let bench: ExecutorBench;

afterEach(() => bench[Symbol.asyncDispose]());

/** The registration of the agent, and what deletes its instance once that is gone. */
async function registered() {
  bench = await ExecutorBench.start({ kind: 'host' });
  const { client, target } = bench.pool;
  const { id } = await client.agents.create(target.poolId, runnableAgent('ci-1', '4.275.0', 'x86_64'));
  const deletion = (agentId: number | undefined) =>
    deleteInstance({ kind: 'delete-instance', ...told, unless: { agentPool, agentId } }, bench.parts, signal);
  return { id, deletion, remove: () => client.agents.delete(target.poolId, id) };
}

it.each(['its id', 'its name'])('keeps an instance whose agent Azure has, asked for it by %s', async by => {
  const { id, deletion } = await registered();
  await expect(deletion(by === 'its id' ? id : undefined)).rejects.toThrow(
    'delete instance "ci-1": Azure has its agent, which the last lists lacked',
  );
  expect(bench.calls).toEqual([]);
});

it('keeps an instance whose agent was registered anew under another id', async () => {
  const { id, deletion } = await registered();
  await expect(deletion(id + 1)).rejects.toThrow('Azure has its agent');
  expect(bench.calls).toEqual([]);
});

it('keeps an instance while Azure cannot be asked for its agent', async () => {
  const { id, deletion, remove } = await registered();
  await remove();
  bench.pool.emulator.failNext({ kind: 'server-error', method: 'GET', path: /\/agents\// });
  await expect(deletion(id)).rejects.toMatchObject({ kind: 'unavailable' });
  expect(bench.calls).toEqual([]);
});

it('deletes an instance whose agent is gone', async () => {
  const { id, deletion, remove } = await registered();
  await remove();
  await deletion(id);
  expect(bench.calls).toEqual(REMOVAL);
});

it('deletes no other registration than the one that was read, though it is of the same name', async () => {
  const { id } = await registered();
  await deleteRegistration({ kind: 'delete-registration', ...told, agentPool, agentId: id + 1 }, bench.parts, signal);
  expect(bench.pool.emulator.agents()).toMatchObject([{ id, name: 'ci-1' }]);
});
