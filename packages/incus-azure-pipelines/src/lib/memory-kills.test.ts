import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { memoryKillsOf } from './memory-kills.js';

const V1 = 'memory/lxc.payload.ci_a-1';
let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'cgroups-'));
});

afterEach(() => rm(root, { recursive: true, force: true }));

/** Writes what stands for a file of the kernel's. */
async function holds(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
}

function control(kills: number): string {
  return `oom_kill_disable 0\nunder_oom 0\noom_kill ${kills}\n`;
}

test('adds up what the kernel has killed in each group of an instance, where it counts in each alone', async () => {
  await holds(`${V1}/memory.oom_control`, control(0));
  await holds(`${V1}/system.slice/memory.oom_control`, control(1));
  await holds(`${V1}/system.slice/agent.service/memory.oom_control`, control(20));
  await holds('memory/lxc.payload.ci_a-10/memory.oom_control', control(300));
  expect(await memoryKillsOf('ci', 'a-1', root)).toBe(21);
});

test('takes the one count of an instance, where the kernel keeps one', async () => {
  await holds('lxc.payload.ci_a-1/memory.events', 'low 0\nhigh 0\nmax 9\noom 4\noom_kill 3\noom_group_kill 0\n');
  await holds('lxc.payload.ci_a-1/agent/memory.events', 'oom_kill 3\n');
  expect(await memoryKillsOf('ci', 'a-1', root)).toBe(3);
});

test("finds an instance of the default project, whose group has no project's name", async () => {
  await holds('memory/lxc.payload.a-1/memory.oom_control', control(2));
  expect(await memoryKillsOf('default', 'a-1', root)).toBe(2);
});

test('tells nothing where there is no such group, or a name is a path', async () => {
  await holds('memory/lxc.payload.x/memory.oom_control', control(2));
  expect(await memoryKillsOf('ci', 'a-1', root)).toBeUndefined();
  expect(await memoryKillsOf('default', 'y/../lxc.payload.x', root)).toBeUndefined();
});

test('tells no zero where a guest has made more groups than are read, and tells what it has found by then', async () => {
  await holds(`${V1}/memory.oom_control`, control(0));
  await Promise.all(Array.from({ length: 1_000 }, (_, n) => holds(`${V1}/g${n}/memory.oom_control`, control(0))));
  expect(await memoryKillsOf('ci', 'a-1', root)).toBeUndefined();
  await writeFile(join(root, V1, 'memory.oom_control'), control(1));
  expect(await memoryKillsOf('ci', 'a-1', root)).toBe(1);
});

test('tells no zero where the count of a group cannot be read', async () => {
  await holds(`${V1}/memory.oom_control`, control(0));
  await holds(`${V1}/closed/cgroup.procs`, '');
  expect(await memoryKillsOf('ci', 'a-1', root)).toBeUndefined();
});
