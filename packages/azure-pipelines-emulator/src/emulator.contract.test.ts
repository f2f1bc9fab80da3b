import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { get as getInTheClear } from 'node:http';
import { get } from 'node:https';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { told } from '../../../testbed/told-commands.js';
import { KNOWN_CERTIFICATE } from '../test/known-certificate.js';
import { startEmulator } from './emulator.js';

const basic = (token: string) => ({ Authorization: `Basic ${Buffer.from(`:${token}`).toString('base64')}` });
const pools = (url: string) => `${url}/_apis/distributedtask/pools`;

describe('an emulator behind a socket', () => {
  it('listens at its URL until it is closed, twice if need be', async () => {
    const emulator = await startEmulator({ collection: 'my org' });
    expect(emulator.url).toBe(`http://127.0.0.1:${emulator.port}/my%20org`);
    const answer = await fetch(pools(emulator.url), { headers: basic(emulator.token) });
    expect(await answer.json()).toMatchObject({ count: 1 });
    await emulator.close();
    await emulator.close();
    await expect(fetch(pools(emulator.url))).rejects.toThrow('fetch failed');
  });

  it('takes a new token in place of the one before', async () => {
    await using emulator = await startEmulator({ token: 'old' });
    emulator.replaceToken('new');
    expect(emulator.token).toBe('new');
    const answers = ['old', 'new'].map(token => fetch(pools(emulator.url), { headers: basic(token) }));
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([401, 200]);
  });

  it('says so when its port is taken', async () => {
    await using first = await startEmulator();
    await expect(startEmulator({ port: first.port })).rejects.toThrow(`127.0.0.1:${first.port}`);
  });

  it('cuts a connection', async () => {
    await using emulator = await startEmulator();
    emulator.failNext({ kind: 'cut' });
    await expect(fetch(pools(emulator.url), { headers: basic(emulator.token) })).rejects.toThrow('fetch failed');
    expect(emulator.calls()).toMatchObject([{ status: 0 }]);
  });

  it('notices that a caller has hung up', async () => {
    await using emulator = await startEmulator();
    emulator.failNext({ kind: 'hang' });
    const calls = emulator.calls().length;
    const impatient = getInTheClear(pools(emulator.url), { headers: basic(emulator.token), agent: false });
    await once(impatient, 'finish');
    impatient.once('error', () => undefined).destroy();
    await expect.poll(() => emulator.calls().length, { timeout: 20_000 }).toBe(calls + 1);
  });

  it('speaks HTTPS with the certificate that it is given', async () => {
    await using emulator = await startEmulator({ tls: KNOWN_CERTIFICATE });
    expect(emulator.url).toMatch(/^https:/);
    const request = get(pools(emulator.url), { ca: KNOWN_CERTIFICATE.cert, agent: false });
    const [response] = await once(request, 'response');
    response.resume();
    expect(response.statusCode).toBe(401);
  });

  it('opens its side door to its own host', async () => {
    await using emulator = await startEmulator({ host: '127.0.0.1' });
    const answer = await fetch(`${new URL(emulator.url).origin}/_emulator/state`);
    expect(await answer.json()).toEqual({ agents: [], deletedAgents: [], jobs: [] });
  });
});

describe('the command', () => {
  it('takes jobs from its own host, as the documents tell', async () => {
    const own = { ADDRESS: '127.0.0.1' };
    const [, start] = told('docs/how-to/install.md#for-a-try-without-azure').lines(2, {
      ...own,
      '8080': '0',
    });
    const [queue] = told('docs/how-to/install.md#for-a-try-without-azure', 1).lines(1, own);
    const child = spawn('sh', ['-c', `exec ${start} --no-agent-package`], { stdio: ['ignore', 'pipe', 'inherit'] });
    const exited = once(child, 'exit');
    try {
      const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
      const url = new URL(String((await lines.next()).value));
      await promisify(execFile)('sh', ['-c', queue.replace('8080', url.port)]);
      expect((await lines.next()).value).toMatch(/ job 1 \(hello\) queued in myAgentPool$/);
    } finally {
      child.kill('SIGTERM');
    }
    await exited;
  });

  it('prints its URL first, then what happens, and ends cleanly when told to', async () => {
    const cli = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
    const child: ChildProcess = spawn(
      process.execPath,
      [cli, '--port', '0', '--pool', 'linux', '--token', 'secret', '--collection', 'org', '--no-agent-package'],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const exited = once(child, 'exit');
    try {
      if (child.stdout === null) throw new Error('the command has no output');
      const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
      const url = String((await lines.next()).value);
      expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/org$/);
      await fetch(`${pools(url)}/1/agents?api-version=7.1`, {
        method: 'POST',
        headers: { ...basic('secret'), 'Content-Type': 'application/json' },
        body: JSON.stringify({ name: 'a1' }),
      });
      expect((await lines.next()).value).toMatch(/^[\d:.]{12} agent a1 registered in linux$/);
    } finally {
      child.kill('SIGTERM');
    }
    expect(await exited).toEqual([0, null]);
  });
});
