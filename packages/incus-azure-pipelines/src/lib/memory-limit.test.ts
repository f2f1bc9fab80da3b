import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { memoryLimitOf } from './memory-limit.js';

const GROUP = 'lxc.payload.ci_a-1';
let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'cgroups-'));
});

afterEach(() => rm(root, { recursive: true, force: true }));

test.each([
  ['with a limit', GROUP, 'memory.max', '1073741824\n', 2 ** 30],
  ['with none', GROUP, 'memory.max', 'max\n', Number.POSITIVE_INFINITY],
  ['with one of the first version', `memory/${GROUP}`, 'memory.limit_in_bytes', '1073741824\n', 2 ** 30],
  [
    'with none of the first version',
    `memory/${GROUP}`,
    'memory.limit_in_bytes',
    '9223372036854771712\n',
    2 ** 63 - 4096,
  ],
  ['without memory in its groups', GROUP, 'pids.max', '300\n', Number.POSITIVE_INFINITY],
  ['without memory in those of the first version', `pids/${GROUP}`, 'pids.max', '300\n', Number.POSITIVE_INFINITY],
] as const)('an instance %s is told by the files of the host', async (_, folder, file, text, limit) => {
  await mkdir(join(root, folder), { recursive: true });
  await writeFile(join(root, folder, file), text);
  expect(await memoryLimitOf('ci', 'a-1', root)).toBe(limit);
  expect(await memoryLimitOf('ci', 'a-2', root)).toBeUndefined();
});
