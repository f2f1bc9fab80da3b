import { afterEach, expect, it } from 'vitest';
import { ExecutorBench } from '../../test/executor-bench.js';
import { collectLog } from './collect-log.js';
import type { ExecutorParts } from './parts.js';

const action = { kind: 'collect-log', pool: 'linux', name: 'ci-1', reason: 'finished' } as const;
let bench: ExecutorBench;

afterEach(() => bench[Symbol.asyncDispose]());

/** What is told of a guest in which nothing can be executed. */
async function toldOf(memoryKills: number | undefined, isOutOfProcesses = false): Promise<readonly unknown[]> {
  const told: unknown[] = [];
  bench = await ExecutorBench.start({ kind: 'host' }, () => 500);
  const emit: ExecutorParts['emit'] = (_, event) => void told.push(event);
  const hostSees = async (name: string) =>
    name === action.name ? { memoryKills, isOutOfProcesses } : { memoryKills: undefined, isOutOfProcesses: false };
  await collectLog(action, { ...bench.parts, emit, hostSees }, AbortSignal.timeout(60_000));
  return told;
}

it('tells what the kernel has killed in a guest that does not answer', async () => {
  expect(await toldOf(3)).toMatchObject([{ name: 'ci-1', memoryKills: 3, killsSeenByHost: true, text: '' }]);
});

it('tells that the kernel has refused processes to a guest that does not answer', async () => {
  expect(await toldOf(0, true)).toMatchObject([{ name: 'ci-1', memoryKills: 0, wants: ['processes'], text: '' }]);
});

it.each([0, undefined])('tells nothing of such a guest where the count of the host is %s', async kills => {
  expect(await toldOf(kills)).toEqual([]);
});
