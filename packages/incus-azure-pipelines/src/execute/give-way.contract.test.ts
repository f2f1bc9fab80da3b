import { afterEach, expect, it } from 'vitest';
import { ExecutorBench, MARK } from '../../test/executor-bench.js';
import { giveWay } from './give-way.js';

const { signal } = new AbortController();
const action = { kind: 'give-way', pool: 'linux', name: 'ci-1', reason: 'its job takes time' } as const;

let bench: ExecutorBench;

afterEach(() => bench[Symbol.asyncDispose]());

it('changes the weight of the instance and nothing else', async () => {
  bench = await ExecutorBench.start({ kind: 'host' });
  await giveWay(action, bench.parts, signal);
  expect(bench.calls).toEqual([MARK]);
  expect(bench.marks).toEqual({ 'limits.cpu.allowance': '25%' });
});

it('has nothing to do where the instance is gone', async () => {
  bench = await ExecutorBench.start({ kind: 'host' }, () => 404);
  await giveWay(action, bench.parts, signal);
  expect(bench.calls).toEqual([MARK]);
});
