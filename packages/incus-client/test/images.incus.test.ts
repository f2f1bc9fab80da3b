import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeOnIncus } from '../../../testbed/for-tests.js';
import { connectIncus, type IncusClient, type OperationProgress } from '../src/index.js';

const run = promisify(execFile);

describeOnIncus('images', testbed => {
  let folder: string;
  let incus: IncusClient;
  const stored: string[] = [];

  beforeAll(async () => {
    incus = connectIncus({ connection: { kind: 'unix', socketPath: testbed().socketPath } });
    folder = await mkdtemp(join(tmpdir(), 'incus-client-images-'));
    await mkdir(join(folder, 'rootfs/etc'), { recursive: true });
    await writeFile(join(folder, 'rootfs/etc/mark'), 'here\n');
    await writeFile(join(folder, 'rootfs/load'), randomBytes(4 * 2 ** 20));
    await writeFile(
      join(folder, 'metadata.yaml'),
      'architecture: x86_64\ncreation_date: 1700000000\nproperties: {os: none}\n',
    );
    await run('tar', ['-C', folder, '-cf', join(folder, 'unified.tar'), 'metadata.yaml', 'rootfs']);
    await run('tar', ['-C', folder, '-cf', join(folder, 'metadata.tar'), 'metadata.yaml']);
    await run('mksquashfs', [join(folder, 'rootfs'), join(folder, 'rootfs.squashfs'), '-quiet', '-no-progress']);
  });

  afterAll(async () => {
    await incus.instances.delete('from-own-image').catch(() => undefined);
    for (const fingerprint of stored) await incus.images.delete(fingerprint).catch(() => undefined);
    await incus.close();
    await rm(folder, { recursive: true });
  });

  it('are imported from one tarball, with properties', async () => {
    const { images } = incus;
    const { fingerprint } = await images.importUnified(join(folder, 'unified.tar'), { properties: { a: 'b&c = d' } });
    stored.push(fingerprint);
    expect(await images.get(fingerprint)).toMatchObject({ fingerprint, properties: { os: 'none', a: 'b&c = d' } });
    expect((await images.list()).map(image => image.fingerprint)).toContain(fingerprint);
    const again = images.importUnified(join(folder, 'unified.tar'));
    await expect(again).rejects.toMatchObject({ kind: 'conflict' });
  });

  it('are imported from metadata and a root file system', async () => {
    const { images, instances, files } = incus;
    const { fingerprint } = await images.importSplit(join(folder, 'metadata.tar'), join(folder, 'rootfs.squashfs'));
    stored.push(fingerprint);
    await instances.create({ name: 'from-own-image', source: { type: 'image', fingerprint } });
    expect(await files.pull('from-own-image', '/etc/mark')).toMatchObject({ content: Buffer.from('here\n') });
  });

  it('have aliases, which can be pointed elsewhere', async () => {
    const { images } = incus;
    const [first = '', second = ''] = stored;
    await images.createAlias('client/test', first);
    expect(await images.resolveAlias('client/test')).toBe(first);
    await expect(images.createAlias('client/test', second)).rejects.toMatchObject({ kind: 'conflict' });
    await images.retargetAlias('client/test', second);
    expect(await images.resolveAlias('client/test')).toBe(second);
    expect((await images.aliases()).map(({ name }) => name)).toContain('client/test');
    await images.deleteAlias('client/test');
    expect(await images.resolveAlias('client/test')).toBeUndefined();
    await expect(images.deleteAlias('client/test')).rejects.toMatchObject({ kind: 'not-found' });
  });

  it('are published from an instance, with progress', async () => {
    const { images } = incus;
    const seen: OperationProgress[] = [];
    const { fingerprint } = await images.publish(
      {
        source: { type: 'instance', name: 'from-own-image' },
        // Slow enough with that load that the daemon is asked while it packs.
        compression_algorithm: 'xz',
        properties: { from: 'test' },
      },
      { onProgress: progress => void seen.push(progress) },
    );
    stored.push(fingerprint);
    expect((await images.get(fingerprint)).properties).toMatchObject({ os: 'none', from: 'test' });
    expect(seen).not.toEqual([]);
    for (const { text } of seen) expect(text).not.toBe('');
  });

  it('are deleted, once', async () => {
    const { images } = incus;
    const fingerprint = stored.pop() ?? '';
    await images.delete(fingerprint);
    await expect(images.get(fingerprint)).rejects.toMatchObject({ kind: 'not-found' });
    await expect(images.delete(fingerprint)).rejects.toMatchObject({ kind: 'not-found' });
  });

  it('that are not on this machine are not imported', async () => {
    await expect(incus.images.importUnified(join(folder, 'nothing.tar'))).rejects.toThrow('ENOENT');
    await expect(incus.images.importSplit(join(folder, 'nothing.tar'), folder)).rejects.toThrow();
  });
});
