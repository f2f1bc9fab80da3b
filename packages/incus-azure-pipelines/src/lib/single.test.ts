import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { imagineInstallation } from './installation.js';
import { claim } from './single.js';

test('one who is told the process and stays does not keep the holder of the lock from its end', async () => {
  const installation = imagineInstallation('/nowhere');
  const lock = await claim(installation);
  const staying = connect({ path: `\0incus-azure-pipelines-${installation.owner}`, allowHalfOpen: true });
  const [told] = await once(staying, 'data');
  expect(String(told)).toBe(String(process.pid));
  await lock[Symbol.asyncDispose]();
  staying.destroy();
});

test('another claim of the same owner names the process, until the first has ended', async () => {
  const installation = imagineInstallation('/nowhere');
  const first = await claim(installation);
  await expect(claim(installation)).rejects.toThrow(`already runs, process ${process.pid};`);
  await first[Symbol.asyncDispose]();
  await using _second = await claim(installation);
});
