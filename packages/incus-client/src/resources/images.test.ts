import { mkdtemp, open, readdir, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { refused, type ScriptedDaemon, startScriptedDaemon } from '../../test/scripted-daemon.js';

describe('the import of a file', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'incus-client-import-'));
    file = join(folder, 'image.tar');
    await writeFile(file, Buffer.alloc(2 ** 20));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const startRefusing = (): Promise<ScriptedDaemon> => startScriptedDaemon(() => refused(400, 'no image'));

  /** Whether this process has the file open. */
  async function isOpen(): Promise<boolean> {
    // What was about to be opened before this is open by now.
    await (await open(file)).close();
    const descriptors = (await readdir('/proc/self/fd')).map(fd => `/proc/self/fd/${fd}`);
    const targets = await Promise.all(descriptors.map(path => readlink(path).catch(() => '')));
    return targets.includes(file);
  }

  it('sends the bytes, and closes the file after a refusal', async () => {
    await using daemon = await startRefusing();
    await expect(daemon.client.images.importUnified(file)).rejects.toMatchObject({ kind: 'invalid', status: 400 });
    expect(daemon.requests.map(({ body }) => body.length)).toEqual([2 ** 20]);
    expect(await isOpen()).toBe(false);
  });

  it('does not open the file when the signal has aborted before', async () => {
    await using daemon = await startRefusing();
    const { images } = daemon.client;
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(images.importUnified(file, { signal })).rejects.toThrow('enough');
    expect(await isOpen()).toBe(false);
    await expect(images.importUnified(join(folder, 'none.tar'), { signal })).rejects.toThrow('enough');
    expect(daemon.requests).toEqual([]);
  });

  it('closes the file when the signal aborts while the daemon reads', async () => {
    const stop = new AbortController();
    await using daemon = await startScriptedDaemon(() => {
      stop.abort(new Error('enough'));
      return 'hang';
    });
    await expect(daemon.client.images.importUnified(file, { signal: stop.signal })).rejects.toThrow('enough');
    expect(await isOpen()).toBe(false);
  });

  it('closes the file when the client is closed', async () => {
    await using daemon = await startRefusing();
    await daemon.client.close();
    await expect(daemon.client.images.importUnified(file)).rejects.toThrow('the client is closed');
    expect(await isOpen()).toBe(false);
  });

  it('says that there is no such file, and asks the daemon nothing', async () => {
    await using daemon = await startRefusing();
    const missing = join(folder, 'none.tar');
    await expect(daemon.client.images.importUnified(missing)).rejects.toMatchObject({
      kind: 'failed',
      message: expect.stringMatching(/^import image .*none\.tar: ENOENT: no such file/),
    });
    expect(daemon.requests).toEqual([]);
  });
});
