import { IncusError } from 'incus-client';
import { expect, test } from 'vitest';
import { needingRoom } from './full-storage.js';

test('says in one sentence that the storage pool is full', async () => {
  const text =
    'create instance "a" from image "b": Failed creating: Unpack failed: tar: c: No space left on device\ntar: d';
  await expect(needingRoom(Promise.reject(new IncusError('failed', text)))).rejects.toThrow(
    /^create instance "a" from image "b": the storage pool is full \(no space left on device\); enlarge it, or .*$/,
  );
});

test('leaves every other error as it is', async () => {
  for (const error of [new IncusError('not-found', 'create instance "a": Image not found'), new Error('no room')])
    await expect(needingRoom(Promise.reject(error))).rejects.toBe(error);
});
