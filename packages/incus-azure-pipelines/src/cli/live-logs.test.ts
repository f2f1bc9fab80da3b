import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { PRODUCT } from '../lib/release.js';
import { serveOnSocket } from '../lib/serve.js';
import { showLogs, unseen } from './live-logs.js';

const NONE = { socket: '/nowhere/control.sock', config: '/nowhere/config.yaml' };
const SILENT = { write: () => {}, complain: () => {} };

test.each([
  ['no agent is named', undefined, {}],
  ['a program is to read it', 'ci-1', { json: true }],
])('nothing is followed where %s', async (_, agent, options) => {
  await expect(showLogs(agent, { ...NONE, ...options, follow: true }, SILENT)).rejects.toThrow(
    '--follow is for one agent',
  );
});

test('an agent that the daemon does not see any more is told by its record, and Incus is not asked', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'live-logs-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const death = { name: 'ci-1', why: 'its job is done', goneAt: 0, phases: [], lastLines: 'the end' };
  const status = { pools: [{ agents: [{ name: 'ci-1', phase: 'orphan' }] }], removed: [] };
  const headers = { server: PRODUCT };
  const answer = (request: Request) => Response.json(request.url.endsWith('/status') ? status : death, { headers });
  const socket = join(directory, 'control.sock');
  await using _served = await serveOnSocket(answer, socket);
  const written: string[] = [];
  const output = { ...SILENT, write: (text: string) => void written.push(text) };
  await showLogs('ci-1', { ...NONE, socket, follow: true }, output);
  expect(written.join('')).toMatch(/^ci-1: its job is done\n[\s\S]*\nthe end\n$/);
});

test.each([
  ['all', 'one\ntwo\n', '', 'one\ntwo\n'],
  ['what follows the last line that was shown', 'one\ntwo\nthree', 'two', 'three'],
  ['nothing where all was shown', 'one\ntwo\n', 'two', ''],
  ['all where that line is not among them', 'one\ntwo', '==> agent.log <==', 'one\ntwo'],
])('of the last lines of a guest that is gone %s is shown', (_, lastLines, lastShown, shown) => {
  expect(unseen(lastLines, lastShown)).toBe(shown);
});
