import { afterEach, expect, it } from 'vitest';
import { ExecutorBench } from '../../test/executor-bench.js';
import { placeholderCapabilities, placeholderName } from '../model/placeholder.js';
import { azureKey } from '../model/pool.js';
import { keepPlaceholder, removePlaceholder } from './keep-placeholder.js';

const { signal } = new AbortController();
const name = placeholderName('a1b2c3', 'linux');
let bench: ExecutorBench;

afterEach(() => bench[Symbol.asyncDispose]());

function offering(capabilities: Readonly<Record<string, string>>) {
  return placeholderCapabilities(name, {}, capabilities, undefined);
}

/** An empty agent pool, and the action that makes its placeholder. */
async function started() {
  bench = await ExecutorBench.start({ kind: 'host' });
  const spec = bench.parts.pools.get('linux')?.spec;
  const told = { pool: 'linux', name, reason: '', agentPool: spec ? azureKey(spec.azure) : '' } as const;
  const action = {
    kind: 'keep-placeholder',
    ...told,
    agentId: undefined,
    capabilities: offering({ java: '17' }),
  } as const;
  const { client, emulator, target } = bench.pool;
  return { client, emulator, target, told, action };
}

it('has a job wait that the server would fail at once, and is given none', async () => {
  const { action, emulator } = await started();
  const refused = emulator.queueJob({ name: 'too early', steps: [], demands: ['java'] });
  expect((await refused.finished).result).toBe('failed');
  await keepPlaceholder(action, bench.parts, signal);
  emulator.queueJob({ name: 'waits', steps: [], demands: ['java'] });
  expect(emulator.agents()).toMatchObject([{ name, status: 'offline', enabled: true, hasPublicKey: false }]);
  const [, waiting] = emulator.jobs();
  expect(waiting).toMatchObject({ name: 'waits' });
  expect(waiting?.result ?? waiting?.assignedAt).toBeUndefined();
});

it('puts right what people have made of it, and keeps its id', async () => {
  const { action, client, emulator, target } = await started();
  await keepPlaceholder(action, bench.parts, signal);
  const id = emulator.agents()[0]?.id ?? 0;
  await client.agents.patch(target.poolId, { id, name, enabled: false });
  await client.agents.setUserCapabilities(target.poolId, id, { fpga: '' });
  await keepPlaceholder({ ...action, agentId: id, capabilities: offering({ java: '21' }) }, bench.parts, signal);
  const found = await client.agents.get(target.poolId, id, { includeCapabilities: true });
  expect(found).toMatchObject({ enabled: true, maxParallelism: 1, systemCapabilities: { java: '21' } });
  expect(found.userCapabilities ?? {}).toEqual({});
});

it('leaves the one that a list has lacked what it remembers', async () => {
  const { action, client, emulator, target } = await started();
  await keepPlaceholder(action, bench.parts, signal);
  await keepPlaceholder({ ...action, capabilities: offering({}) }, bench.parts, signal);
  const id = emulator.agents()[0]?.id ?? 0;
  const found = await client.agents.get(target.poolId, id, { includeCapabilities: true });
  expect(found).toMatchObject({ name, systemCapabilities: { java: '17' } });
});

it('is deleted once, and being gone already is success', async () => {
  const { action, emulator, told } = await started();
  await keepPlaceholder(action, bench.parts, signal);
  const removal = { kind: 'remove-placeholder', ...told, agentId: emulator.agents()[0]?.id ?? 0 } as const;
  await removePlaceholder(removal, bench.parts, signal);
  await removePlaceholder(removal, bench.parts, signal);
  expect(emulator.agents()).toEqual([]);
});
