import { setImmediate as turn } from 'node:timers/promises';
import type { Exec } from 'incus-client';
import { expect, test } from 'vitest';
import { readGuestLog } from './read-guest-log.js';

const MIB = 1024 * 1024;

/** A guest that prints so many pieces of 300,000 bytes, as long as it is let. */
function printing(pieces: number): { exec: Exec } {
  return {
    exec: async (_, { onStdout }, { signal } = {}) => {
      for (let piece = 0; piece < pieces; piece++) {
        await turn();
        signal?.throwIfAborted();
        onStdout?.(new Uint8Array(300_000));
      }
      return { exitCode: 0, stdout: '', stderr: '', truncated: false };
    },
  };
}

test.each([
  ['all of it', 'prints little', 2, false, { shown: 600_000, isCut: false }],
  ['a mebibyte, and no more is read,', 'prints much', 100, false, { shown: MIB, isCut: true }],
  ['all of it', 'is followed', 5, true, { shown: 1_500_000, isCut: false }],
])('%s is shown of a guest that %s', async (_what, _guest, pieces, follow, expected) => {
  let shown = 0;
  const onOutput = (chunk: Uint8Array) => {
    shown += chunk.byteLength;
  };
  const isCut = await readGuestLog(printing(pieces), 'ci-1', { follow, onOutput }, new AbortController().signal);
  expect({ shown, isCut }).toEqual(expected);
});

test('who ends the reading of a guest that prints much is told so', async () => {
  const stop = new AbortController();
  const given = { follow: true, onOutput: () => stop.abort(new Error('Ctrl-C')) };
  const reading = readGuestLog(printing(100), 'ci-1', given, stop.signal);
  await expect(reading).rejects.toThrow('Ctrl-C');
});
