/** The emulator alone, as its own document tells a reader to use it. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { freePort } from '../testbed/free-port.js';
import { told } from '../testbed/told-commands.js';
import { cacheDirectory } from '../testbed/work-tree.js';

const CLI = join(import.meta.dirname, '..', 'packages', 'azure-pipelines-emulator', 'dist', 'cli.js');

test('an agent is fetched, registered and handed a job by the commands of the document', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'iap-emulator-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const words = { 8080: String(await freePort()) };
  const program = { 'azure-pipelines-emulator': `exec ${process.execPath} ${CLI}` };
  const [start] = told('packages/azure-pipelines-emulator/README.md#from-a-shell').lines(1, { ...words, ...program });
  const env = { ...process.env, XDG_CACHE_HOME: cacheDirectory() };
  const emulator = spawn('bash', ['-c', start], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(emulator, 'exit');
  onTestFinished(async () => {
    emulator.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  });
  const events: string[] = [];
  const lines = createInterface(emulator.stdout).on('line', line => events.push(line));
  await once(lines, 'line');
  expect(events).toEqual([`http://127.0.0.1:${words[8080]}/emulated`]);

  const script = told('packages/azure-pipelines-emulator/README.md#from-a-shell', 1).script(words);
  const { stdout } = await promisify(execFile)('bash', ['-c', script], { cwd: folder });
  expect(stdout).toMatch(/Job hello completed with result: Succeeded/);
});
