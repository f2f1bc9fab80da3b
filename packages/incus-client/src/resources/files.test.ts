import { expect, it } from 'vitest';
import { startScriptedDaemon, sync } from '../../test/scripted-daemon.js';
import { fileHeaders } from './files.js';

it('sends a mode as octal with a leading zero, without which the daemon reads it as decimal', () => {
  expect(fileHeaders('file', { uid: 1100, gid: 1100, mode: 0o400 })).toEqual({
    'X-Incus-type': 'file',
    'X-Incus-uid': '1100',
    'X-Incus-gid': '1100',
    'X-Incus-mode': '0400',
  });
});

it('sends no attribute that was not given, and a zero that was', () => {
  expect(fileHeaders('directory')).toEqual({ 'X-Incus-type': 'directory' });
  expect(fileHeaders('directory', { uid: 0, mode: 0 })).toMatchObject({ 'X-Incus-uid': '0', 'X-Incus-mode': '00' });
});

it('pushes the bytes as they are, to the path in the query', async () => {
  await using daemon = await startScriptedDaemon(() => sync({}));
  await daemon.client.files.push('x', '/run/a b', 'content', {}, {});
  expect(daemon.requests[0]).toMatchObject({
    method: 'POST',
    url: '/1.0/instances/x/files?project=default&path=%2Frun%2Fa+b',
    body: 'content',
  });
});
