import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { usageOf } from './instance-usage.js';

/** Files of a cgroup file system, by their paths. */
async function cgroups(files: Readonly<Record<string, string>>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'usage-'));
  onTestFinished(() => rm(root, { recursive: true }));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(root, dirname(path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return root;
}

test('reads memory and time of cores where there is cgroup v2 alone', async () => {
  const root = await cgroups({
    'lxc.payload.ci_a/memory.current': '1048576\n',
    'lxc.payload.ci_a/cpu.stat': 'usage_usec 2500000\nuser_usec 1\n',
  });
  expect(await usageOf('ci', 'a', root)).toEqual({ memoryBytes: 1_048_576, cpuMs: 2_500 });
});

test('reads both in the hierarchies of their own that cgroup v1 has', async () => {
  const root = await cgroups({
    'memory/lxc.payload.a/memory.usage_in_bytes': '4096\n',
    'cpuacct/lxc.payload.a/cpuacct.usage': '3000000000\n',
  });
  expect(await usageOf('default', 'a', root)).toEqual({ memoryBytes: 4_096, cpuMs: 3_000 });
});

test('tells nothing of an instance without such files, nor of a name that leads elsewhere', async () => {
  const root = await cgroups({ 'lxc.payload.ci_a/memory.current': '1\n' });
  expect(await usageOf('ci', 'a', root)).toBeUndefined();
  expect(await usageOf('ci', '../a', root)).toBeUndefined();
});
