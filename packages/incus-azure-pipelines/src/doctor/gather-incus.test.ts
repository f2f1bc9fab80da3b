import { connectIncus } from 'incus-client';
import { expect, test } from 'vitest';
import { ScriptedIncus } from '../../test/scripted-incus.js';
import { checkReachable } from './check-incus.js';
import { findLxd, gatherServer } from './gather-incus.js';

test('an LXD that listens beside an Incus that does not is found by its socket, and named', async () => {
  await using lxd = await ScriptedIncus.start(() => 404);
  const none = `${lxd.socketPath}.none`;
  await using incus = connectIncus({ connection: { kind: 'unix', socketPath: none } });
  const server = await gatherServer(incus, new AbortController().signal);
  expect(checkReachable(server, await findLxd([none, lxd.socketPath]))).toMatchObject({
    colour: 'red',
    says: expect.stringMatching(`${none}.*; there is LXD at ${lxd.socketPath}$`),
    remedy: 'install Incus: LXD cannot be used in its place',
  });
  expect(lxd.calls).toEqual([]);
});

test('where nothing listens for LXD, none is told', async () => {
  expect(await findLxd(['/nonexistent/unix.socket'])).toBeUndefined();
});
