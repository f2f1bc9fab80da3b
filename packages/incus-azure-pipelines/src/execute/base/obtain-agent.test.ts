import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AgentPackage } from './agent-package.js';
import { obtainAgent } from './obtain-agent.js';

const archive = Buffer.alloc(300_000, 'agent');
const sha256 = createHash('sha256').update(archive).digest('hex');

let cacheDirectory: string;
let server: Server | undefined;

beforeEach(async () => {
  cacheDirectory = await mkdtemp(join(tmpdir(), 'obtain-agent-'));
});

afterEach(async () => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
  await rm(cacheDirectory, { recursive: true });
});

describe('an agent package', () => {
  test('that is a file is used where it lies', async () => {
    const agent: AgentPackage = { version: 'local-1', sha256, from: { kind: 'file', path: '/srv/agent.tar.gz' } };
    expect(await obtainAgent(agent, options())).toBe('/srv/agent.tar.gz');
  });

  test('is downloaded once, told of, and then taken from the cache', async () => {
    let downloads = 0;
    const agent = await serve((_request, response) => {
      downloads += 1;
      response.writeHead(200, { 'content-length': archive.length }).end(archive);
    });
    const told: string[] = [];
    const path = await obtainAgent(agent, { ...options(), onProgress: text => told.push(text) });
    expect(archive.equals(await readFile(path))).toBe(true);
    expect(told.at(-1)).toBe('Downloading agent 4.275.0: 100 %');
    expect(await obtainAgent(agent, options())).toBe(path);
    expect(downloads).toBe(1);
  });

  test('is downloaded anew where the cached one was damaged', async () => {
    const agent = await serve((_request, response) => response.end(archive));
    const path = await obtainAgent(agent, options());
    await writeFile(path, 'damaged');
    expect(await obtainAgent(agent, options())).toBe(path);
    expect(archive.equals(await readFile(path))).toBe(true);
  });

  test('is followed to where the server sends us', async () => {
    const agent = await serve((request, response) => {
      if (request.url === '/elsewhere') response.end(archive);
      else response.writeHead(302, { location: '/elsewhere' }).end();
    });
    expect(archive.equals(await readFile(await obtainAgent(agent, options())))).toBe(true);
  });

  test.each<[string, RequestListener, RegExp]>([
    ['of another content', (_request, response) => response.end('other'), /it has SHA-256 [0-9a-f]{64} in place of/],
    ['that the server refuses', (_request, response) => response.writeHead(404).end(), /the server answered 404/],
    [
      'that breaks off',
      (_request, response) => {
        response.writeHead(200, { 'content-length': archive.length });
        response.write(archive.subarray(0, 1000), () => response.destroy());
      },
      /^download agent 4\.275\.0 from http:/,
    ],
  ])('%s is an error and leaves nothing', async (_what, listener, message) => {
    const agent = await serve(listener);
    await expect(obtainAgent(agent, options())).rejects.toThrow(message);
    expect(await readdir(cacheDirectory)).toEqual([]);
  });

  test('is given up with the signal, which leaves nothing', async () => {
    const abort = new AbortController();
    const agent = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': archive.length }).write('a');
      abort.abort(new Error('enough'));
    });
    await expect(obtainAgent(agent, { ...options(), signal: abort.signal })).rejects.toThrow('enough');
    expect(await readdir(cacheDirectory)).toEqual([]);
  });
});

function options() {
  return { cacheDirectory, onProgress: () => undefined, signal: new AbortController().signal };
}

async function serve(listener: RequestListener): Promise<AgentPackage> {
  server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  const url = `http://127.0.0.1:${address.port}/agent.tar.gz`;
  return { version: '4.275.0', sha256, from: { kind: 'url', url } };
}
