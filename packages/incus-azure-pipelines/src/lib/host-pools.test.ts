import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { isHostPool, rememberHostPool } from './host-pools.js';
import { type Installation, openInstallation } from './installation.js';

let installation: Installation;

beforeEach(async () => {
  installation = await openInstallation(await mkdtemp(join(tmpdir(), 'host-pools-')));
});

afterEach(() => rm(installation.directory, { recursive: true }));

it('remembers each pool for itself', async () => {
  const pools = ['https://a.test/org one', 'https://a.test/org two'] as const;
  expect(await isHostPool(installation, pools[0])).toBe(false);
  await Promise.all([
    rememberHostPool(installation, pools[0]),
    rememberHostPool(installation, 'https://b.test/org one'),
  ]);
  await rememberHostPool(installation, pools[0]);
  expect(await Promise.all(pools.map(pool => isHostPool(installation, pool)))).toEqual([true, false]);
});

it('does not take what it cannot read for a no', async () => {
  await rememberHostPool(installation, 'pool');
  const folder = join(installation.directory, 'host-registration');
  const [name = ''] = await readdir(folder);
  await rename(join(folder, name), join(folder, 'aside'));
  await mkdir(join(folder, name));
  await expect(isHostPool(installation, 'pool')).rejects.toThrow(`${join(folder, name)} cannot be read`);
});
