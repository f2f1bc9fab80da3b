import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { serveOnSocket } from '../lib/serve.js';
import { UserError } from '../lib/user-error.js';
import { controlRoutes, type View } from '../report/http.js';
import { askDaemon, callDaemon } from './control.js';
import { printExplanation } from './explain.js';
import { reportFailure } from './failure.js';
import { printStatus } from './status.js';

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

const OLDER_STATUS = { at: 0, pools: [{ name: 'linux', agents: [], waiting: 'a job \u009b31m\u202e' }] };

test.each([
  ['of an older release', { server: 'incus-azure-pipelines/0.0.9' }, 'is of release 0.0.9,'],
  ['of one that tells no release', {}, 'is of an older release that does not say which,'],
])('what a daemon %s says is shown to programs alone', async (_, headers, of) => {
  const socket = join(directory, 'older.sock');
  await using _served = await serveOnSocket(() => Response.json(OLDER_STATUS, { headers }), socket);
  const shown: string[] = [];
  const output = { write: (text: string) => void shown.push(text), complain: () => {} };
  for (const show of [printStatus({ socket }, output), printExplanation('linux', { socket }, output)]) {
    const { code, told } = await outcome(show);
    expect(code).toBe(2);
    expect(told).toContain(of);
    expect(told).toContain('cannot show what it says; restart the daemon, which ends no job');
    expect(told.match(/\n/g)).toHaveLength(1);
  }
  expect(shown).toEqual([]);
  await printStatus({ socket, json: true }, output);
  expect(JSON.parse(shown.join(''))).toEqual(OLDER_STATUS);
  expect(shown.join('')).toContain('a job \\u009b31m\\u202e');
});

test('a daemon of another release is told what to do', async () => {
  const socket = join(directory, 'obeys.sock');
  await using _served = await serveOnSocket(() => Response.json({}), socket);
  await expect(callDaemon(socket, 'POST', '/drain')).resolves.toEqual({});
});

test('a daemon of this release is understood', async () => {
  const socket = join(directory, 'same.sock');
  await using _served = await serveOnSocket(controlRoutes(VIEW).fetch, socket);
  await expect(askDaemon(socket, '/deaths')).resolves.toEqual([]);
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
