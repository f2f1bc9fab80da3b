import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { serveOnSocket } from '../lib/serve.js';
import { UserError } from '../lib/user-error.js';
import { controlRoutes, type View } from '../report/http.js';
import { callDaemon } from './control.js';
import { reportFailure } from './failure.js';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'control-'));
});
afterAll(() => rm(directory, { recursive: true }));

const VIEW: View = {
  status: () => undefined,
  usageOf: async () => undefined,
  lookAtQueues: async () => {},
  healthy: () => true,
  drain: async () => {},
  resume: async () => {},
  deaths: async () => [],
  death: async () => undefined,
  bases: () => undefined,
  refreshBases: async () => [],
  metrics: new Registry(),
};

test.each([
  ['a full disk', { drain: fails(new Error('ENOSPC: no space left on device')) }, 'POST', '/drain', 1, 'ENOSPC'],
  ['a daemon that has not looked yet', {}, 'GET', '/status', 1, 'nothing was read yet; try again'],
  [
    'a pool that is not there',
    { drain: fails(new UserError('no pool "x"')) },
    'POST',
    '/drain?pool=x',
    2,
    'no pool "x"',
  ],
  ['an agent that has not ended', {}, 'GET', '/deaths/ci-1', 2, 'no agent "ci-1" has ended'],
] as const)('%s gives the exit code that says whether time mends it', async (_, view, method, path, code, words) => {
  const socket = join(directory, 'control.sock');
  await using _served = await serveOnSocket(controlRoutes({ ...VIEW, ...view }).fetch, socket);
  expect(await outcome(callDaemon(socket, method, path))).toEqual({ code, told: expect.stringContaining(words) });
});

test('a daemon that does not answer in time is not taken for one that does not run', async () => {
  const socket = join(directory, 'slow.sock');
  await using _served = await serveOnSocket(() => new Promise<Response>(() => {}), socket);
  const { code, told } = await outcome(callDaemon(socket, 'GET', '/status', 50));
  expect(code).toBe(1);
  expect(told).toMatch(/^incus-azure-pipelines: the daemon on \S+ did not answer in time[^\n]*\n$/);
});

test('where no daemon is, the reader is told to start it', async () => {
  const { code, told } = await outcome(callDaemon(join(directory, 'none.sock'), 'GET', '/status'));
  expect(code).toBe(2);
  expect(told).toContain('start it (where it ends again, "journalctl -u incus-azure-pipelines" says why)');
});

function fails(error: Error): () => Promise<void> {
  return () => Promise.reject(error);
}

async function outcome(call: Promise<unknown>): Promise<{ readonly code: number; readonly told: string }> {
  const told: string[] = [];
  const output = { write: () => {}, complain: (text: string) => void told.push(text) };
  const code = await call.then(
    () => 0,
    (error: unknown) => reportFailure(error, output),
  );
  return { code, told: told.join('') };
}
