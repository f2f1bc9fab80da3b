import { chown, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findInstallation, imagineInstallation, openInstallation, setOwner } from './installation.js';

let parent: string;
const directory = () => join(parent, 'state');

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'installation-'));
});

afterEach(() => rm(parent, { recursive: true }));

describe('a state directory', () => {
  it('keeps the owner that its first opening has made', async () => {
    const first = await openInstallation(directory());
    expect(first).toMatchObject({ ownerId: expect.stringMatching(/^[0-9a-f]{32}$/), directory: directory() });
    expect(await openInstallation(directory())).toEqual(first);
    expect(await findInstallation(directory())).toEqual(first);
  });

  it('that root gives an owner to keeps it readable for the daemon whose it is', async () => {
    await mkdir(directory());
    if (process.getuid?.() === 0) await chown(directory(), 65_534, 65_534);
    const { gid, uid } = await stat(directory());
    await setOwner(directory(), imagineInstallation(directory()).ownerId);
    expect(await stat(join(directory(), 'owner'))).toMatchObject({ gid, uid });
  });

  it('is not made by a look', async () => {
    expect(await findInstallation(directory())).toBeUndefined();
    expect(await readdir(parent)).toEqual([]);
  });

  it('that nobody has opened gets an owner in thought, of the same kind', async () => {
    const imagined = imagineInstallation(directory());
    expect(imagined.owner).toMatch(/^[0-9a-f]{6}$/);
    expect(imagineInstallation(directory()).ownerId).not.toBe(imagined.ownerId);
    expect(await readdir(parent)).toEqual([]);
  });

  it('with something else for an owner is refused, with what to do', async () => {
    await openInstallation(directory());
    await writeFile(join(directory(), 'owner'), 'me\n');
    for (const open of [openInstallation, findInstallation])
      await expect(open(directory())).rejects.toThrow(/owner: not an owner id; restore it, or delete it/);
  });

  it('that is a file is refused, with what to do', async () => {
    await writeFile(directory(), '');
    for (const open of [openInstallation, findInstallation])
      await expect(open(directory())).rejects.toThrow(/cannot be used .*; set stateDirectory to one that can/);
  });
});
