import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { cpuTicks, readProcessCost } from './processes.js';

test('adds the ticks in user and kernel mode, those of ended children apart', () => {
  expect(cpuTicks('42 (node) S 1 42 42 0 -1 4194560 9 0 0 0 130 70 5 6 20 0 11 0 100 200 300')).toEqual({
    own: 200,
    endedChildren: 11,
  });
});

test('is not led astray by the name of the process', () => {
  expect(cpuTicks('42 (a) b (c) 1) S 1 42 42 0 -1 4194560 9 0 0 0 1 2 5 6 20 0 11 0 100 200 300')).toEqual({
    own: 3,
    endedChildren: 11,
  });
});

test('reads a process that is there', async () => {
  const cost = await readProcessCost(process.pid);
  expect(cost.cpuMs).toBeGreaterThan(0);
  expect(cost.residentBytes).toBeGreaterThan(1024 * 1024);
});

async function held() {
  const { sockets, children } = await readProcessCost(process.pid);
  return { sockets, children };
}

test('sees a child that runs, and the sockets to it, as held', async () => {
  const before = await held();
  const child = spawn('cat', { stdio: ['pipe', 'pipe', 'ignore'] });
  const closed = once(child, 'close');
  const during = await held();
  expect([during.children - before.children, during.sockets - before.sockets]).toEqual([1, 2]);
  child.stdin.end();
  await closed;
  expect(await held()).toEqual(before);
});
