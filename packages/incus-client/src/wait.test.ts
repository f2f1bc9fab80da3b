import { describe, expect, it } from 'vitest';
import { refused, type ScriptedDaemon, started, startScriptedDaemon, sync } from '../test/scripted-daemon.js';
import type { OperationProgress } from './progress.js';

const id = '19f70325-0000-4000-8000-000000000000';
const base = { id, class: 'task', description: '', metadata: null, err: '' };
const running = { ...base, status: 'Running', status_code: 103 };
const success = { ...base, status: 'Success', status_code: 200 };
const failure = { ...base, status: 'Failure', status_code: 400, err: 'The instance is already stopped' };

/** Answers waits from the first list and look-ups from the second, the last of each again and again. */
async function daemonThatSays(waits: unknown[], looks: unknown[] = []): Promise<ScriptedDaemon> {
  const next = (replies: unknown[]) => (replies.length > 1 ? replies.shift() : replies[0]);
  return await startScriptedDaemon(({ method, url }) => {
    if (method !== 'GET') return started(id, '?project=ci');
    return next(url.includes('/wait') ? waits : looks) as ReturnType<typeof sync>;
  });
}

describe('the end of an operation', () => {
  it('is success', async () => {
    await using daemon = await daemonThatSays([sync(success)]);
    expect(await daemon.client.operations.wait(id)).toEqual({ kind: 'success', operation: success });
  });

  it('is a failure in the shape of 6.0.4, classified by its text', async () => {
    await using daemon = await daemonThatSays([refused(400, 'The instance is already stopped', 200)]);
    await expect(daemon.client.operations.wait(id)).rejects.toMatchObject({ kind: 'already-so', status: 400 });
  });

  it('is a failure in the shape of later releases, whose 400 is no HTTP status', async () => {
    await using daemon = await daemonThatSays([sync(failure)]);
    await expect(daemon.client.operations.wait(id)).rejects.toMatchObject({ kind: 'already-so', status: undefined });
  });

  it('is a failure when it was cancelled', async () => {
    await using daemon = await daemonThatSays([sync({ ...base, status: 'Cancelled', status_code: 401 })]);
    await expect(daemon.client.operations.wait(id)).rejects.toThrow('the operation was cancelled');
  });

  it('is gone when the daemon has forgotten it', async () => {
    await using daemon = await daemonThatSays([refused(404, 'Operation not found')]);
    expect(await daemon.client.operations.wait(id)).toEqual({ kind: 'gone' });
  });
});

describe('a wait that runs out', () => {
  it('goes on, in the shape of 6.0.4', async () => {
    const timeOut = refused(500, 'context deadline exceeded', 200);
    await using daemon = await daemonThatSays([timeOut, timeOut, sync(success)], [sync(running)]);
    expect(await daemon.client.operations.wait(id)).toMatchObject({ kind: 'success' });
  });

  it('goes on, in the shape of later releases', async () => {
    await using daemon = await daemonThatSays([sync(running), sync(success)]);
    expect(await daemon.client.operations.wait(id)).toMatchObject({ kind: 'success' });
  });

  it('is told apart from an operation that failed with the same text', async () => {
    const failed = { ...failure, err: 'context deadline exceeded' };
    await using daemon = await daemonThatSays([refused(500, 'context deadline exceeded', 200)], [sync(failed)]);
    await expect(daemon.client.operations.wait(id)).rejects.toMatchObject({ kind: 'failed' });
  });

  it('is told apart from a guest that did not shut down', async () => {
    const text = 'Failed shutting down instance, status is "Running": context deadline exceeded';
    await using daemon = await daemonThatSays([refused(500, text, 200)]);
    await expect(daemon.client.operations.wait(id)).rejects.toThrow(text);
  });
});

describe('a call that starts an operation', () => {
  it('waits for it by its id, without the suffix of a forwarded one', async () => {
    await using daemon = await daemonThatSays([sync(success)]);
    await daemon.client.instances.delete('x');
    expect(daemon.requests.map(({ url }) => url)).toEqual([
      '/1.0/instances/x?project=default',
      `/1.0/operations/${id}/wait`,
    ]);
  });

  it('names itself when the operation fails', async () => {
    await using daemon = await daemonThatSays([sync({ ...failure, err: 'disk full' })]);
    await expect(daemon.client.instances.delete('x')).rejects.toThrow('delete instance "x": disk full');
  });

  it('leaves the outcome open when the daemon forgot the operation', async () => {
    await using daemon = await daemonThatSays([refused(404, 'Operation not found')]);
    await expect(daemon.client.instances.delete('x')).rejects.toMatchObject({ kind: 'unavailable', retryable: true });
  });

  it('reports each step of its progress once', async () => {
    const packing = (percent: string) => {
      const progress = { percent, speed: '279787130', stage: 'create_image_from_container_pack' };
      const metadata = { create_image_from_container_pack_progress: `Image pack: ${percent}%`, progress };
      return sync({ ...running, metadata });
    };
    const stored = sync({ ...success, metadata: { fingerprint: 'f00' } });
    await using daemon = await daemonThatSays([packing('5'), packing('5'), packing('50'), stored]);
    const seen: OperationProgress[] = [];
    const request = { source: { type: 'instance', name: 'x' }, compression_algorithm: 'none' } as const;
    const image = await daemon.client.images.publish(request, { onProgress: progress => void seen.push(progress) });
    const stage = 'create_image_from_container_pack';
    expect(image).toEqual({ fingerprint: 'f00' });
    expect(seen).toEqual([
      { text: 'Image pack: 5%', stage, percent: 5, bytesPerSecond: 279_787_130 },
      { text: 'Image pack: 50%', stage, percent: 50, bytesPerSecond: 279_787_130 },
    ]);
  });
});
