import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request } from 'undici';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PassingError } from './passing-error.js';
import { serveOnPort, serveOnSocket } from './serve.js';
import { UserError } from './user-error.js';

const answer = () => new Response('hello');

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'serve-'));
});
afterEach(() => rm(directory, { recursive: true }));

test('a socket is for its owner and its group, in a folder that is made for it', async () => {
  const path = join(directory, 'run', 'control.sock');
  await using _served = await serveOnSocket(answer, path);
  expect(((await stat(path)).mode & 0o777).toString(8)).toBe('660');
});

test('what a dead process has left is replaced, and who answers there is not', async () => {
  const path = join(directory, 'control.sock');
  await writeFile(path, 'left');
  await using _served = await serveOnSocket(answer, path);
  expect((await stat(path)).isSocket()).toBe(true);
  const second = serveOnSocket(answer, path);
  await expect(second).rejects.toThrow(
    `cannot make the control socket ${path} (another process answers on it); set controlSocket to another path`,
  );
  await expect(second).rejects.toBeInstanceOf(UserError);
});

test('a folder that is none is told, and stays as it is', async () => {
  await writeFile(join(directory, 'file'), 'mine');
  await expect(serveOnSocket(answer, join(directory, 'file', 'control.sock'))).rejects.toBeInstanceOf(UserError);
  expect(await readFile(join(directory, 'file'), 'utf8')).toBe('mine');
});

test('a port that is taken, or an address that is not there, may pass, and is told', async () => {
  await using served = await serveOnPort(answer, '127.0.0.1', 0);
  const { body } = await request(`http://127.0.0.1:${served.port}/`, { reset: true });
  expect(await body.text()).toBe('hello');
  const taken = serveOnPort(answer, '127.0.0.1', served.port);
  await expect(taken).rejects.toThrow(
    new RegExp(
      `^cannot listen on 127\\.0\\.0\\.1:${served.port} now \\(.*EADDRINUSE.*\\); if it stays so, choose another under "http"$`,
    ),
  );
  await expect(taken).rejects.toBeInstanceOf(PassingError);
  // An address for documents alone, which no host has.
  await expect(serveOnPort(answer, '192.0.2.1', 0)).rejects.toBeInstanceOf(PassingError);
});

test('an address that is none is a mistake in the configuration', async () => {
  await expect(serveOnPort(answer, 'no-such-host.invalid', 0)).rejects.toBeInstanceOf(UserError);
});
