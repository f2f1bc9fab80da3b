import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isOutOfProcesses } from './out-of-processes.js';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'cgroups-'));
});

afterEach(() => rm(root, { recursive: true }));

/** Writes what stands for a file of the kernel's, in this group. */
async function refused(group: string, times: number): Promise<void> {
  await mkdir(join(root, group), { recursive: true });
  await writeFile(join(root, group, 'pids.events'), `max ${times}\n`);
}

test.each(['pids/lxc.payload.ci_a-1', 'lxc.payload.ci_a-1'])(
  'an instance was refused a process where one of its groups was, in %s',
  async group => {
    await refused(group, 0);
    await refused(`${group}/system.slice`, 0);
    await refused(`${group}/system.slice/iap-agent.service`, 7);
    expect(await isOutOfProcesses('ci', 'a-1', root)).toBe(true);
  },
);

test('an instance was refused none where only others were, or none is known', async () => {
  await refused('pids/lxc.payload.ci_a-1', 0);
  await refused('pids/lxc.payload.ci_a-10', 7);
  for (const name of ['a-1', 'a-2', 'x/../lxc.payload.ci_a-10'])
    expect(await isOutOfProcesses('ci', name, root)).toBe(false);
});
