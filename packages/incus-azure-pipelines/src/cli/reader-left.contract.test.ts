import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { PROGRAM } from '../../../../testbed/daemon-process.js';
import { useConfigFolder } from '../../test/config-folder.js';

const folder = useConfigFolder();

test.each([['manual'], ['completion', 'bash'], ['schema']])(
  'a reader that leaves ends %s without a word, as a pipe ends any program',
  async (...args) => {
    const child = spawn(PROGRAM, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.destroy();
    const [[code], complaints] = await Promise.all([once(child, 'close'), text(child.stderr)]);
    expect({ code, complaints }).toEqual({ code: 141, complaints: '' });
  },
);

test('a disk that is full is told', async () => {
  const child = spawn('sh', ['-c', `${PROGRAM} manual > /dev/full`], { stdio: ['ignore', 'ignore', 'pipe'] });
  const [[code], complaints] = await Promise.all([once(child, 'close'), text(child.stderr)]);
  expect(code).not.toBe(0);
  expect(complaints).toContain('ENOSPC');
});

/** A daemon of which each question is left without an answer, and where it listens. */
async function startSilent() {
  const socket = folder.path('control.sock');
  const server = createServer();
  server.listen(socket);
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { server, socket };
}

test('a terminal that is closed ends a status that is watched on it, without a word', async () => {
  const { server, socket } = await startSilent();
  const asked = once(server, 'request');
  // `script` gives it a terminal.
  const command = `${PROGRAM} status --watch --socket ${socket} 2>&3; echo ended $? >&3`;
  const child = spawn('/usr/bin/script', ['-qec', command, '/dev/null'], {
    stdio: ['pipe', 'ignore', 'ignore', 'pipe'],
  });
  await asked;
  child.kill('SIGKILL');
  await once(child, 'exit');
  server.closeAllConnections();
  expect(await text(child.stdio[3] as Readable)).toBe('');
});
