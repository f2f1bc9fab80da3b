import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { DockerSpec, PreloadedImage } from '../../model/docker-spec.js';
import { dockerInputs } from './docker-inputs.js';

const { signal } = new AbortController();
const plain: DockerSpec = { source: 'distribution', daemon: {}, preload: [] };
const withImages = (...preload: PreloadedImage[]) => dockerInputs({ ...plain, preload }, signal);

it('are none where nothing is said of docker, and differ with all that is said', async () => {
  const pull = (reference: string): PreloadedImage => ({ kind: 'pull', reference });
  const all = [
    await dockerInputs(undefined, signal),
    await dockerInputs(plain, signal),
    await dockerInputs({ ...plain, source: 'script' }, signal),
    await dockerInputs({ ...plain, daemon: { mtu: 1400 } }, signal),
    await withImages(pull('a'), pull('b')),
    await withImages(pull('b'), pull('a')),
  ];
  expect(new Set(all.map(inputs => JSON.stringify(inputs))).size).toBe(all.length);
  expect(all[0]).toEqual([]);
});

it('follow the content of an archive, wherever it lies', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'docker-inputs-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const archive = async (name: string, content: string) => {
    await writeFile(join(folder, name), content);
    return JSON.stringify(await withImages({ kind: 'archive', path: join(folder, name) }));
  };
  expect(await archive('a', 'one')).toBe(await archive('b', 'one'));
  expect(await archive('a', 'two')).not.toBe(await archive('b', 'one'));
  await expect(withImages({ kind: 'archive', path: join(folder, 'none') })).rejects.toThrow(
    `read image archive ${join(folder, 'none')}: `,
  );
});
