import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WayOut } from '../../lib/way-out.js';
import type { Progress } from '../../model/progress.js';
import { AgentCache } from './agent-cache.js';
import type { AgentPackage } from './agent-package.js';

const archive = Buffer.alloc(300_000, 'agent');
const sha256 = createHash('sha256').update(archive).digest('hex');

let cacheDirectory: string;
let now = Date.UTC(2026, 0, 1);
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
    expect(await obtain(agent)).toBe('/srv/agent.tar.gz');
  });

  test('is downloaded once, told of, and then taken from the cache', async () => {
    let downloads = 0;
    const agent = await serve((_request, response) => {
      downloads += 1;
      response.writeHead(200, { 'content-length': archive.length }).end(archive);
    });
    const told: Progress[] = [];
    const path = await obtain(agent, { onProgress: progress => told.push(progress) });
    expect(archive.equals(await readFile(path))).toBe(true);
    expect(told.at(-1)).toEqual({ kind: 'part', text: 'Downloading agent 4.275.0', done: 1 });
    expect(await obtain(agent)).toBe(path);
    expect(downloads).toBe(1);
  });

  test('is downloaded anew where the cached one was damaged', async () => {
    const agent = await serve((_request, response) => response.end(archive));
    const path = await obtain(agent);
    await writeFile(path, 'damaged');
    expect(await obtain(agent)).toBe(path);
    expect(archive.equals(await readFile(path))).toBe(true);
  });

  test('is followed to where the server sends us', async () => {
    const agent = await serve((request, response) => {
      if (request.url === '/elsewhere') response.end(archive);
      else response.writeHead(302, { location: '/elsewhere' }).end();
    });
    expect(archive.equals(await readFile(await obtain(agent)))).toBe(true);
  });

  test.each<[string, RequestListener, RegExp]>([
    ['of another content', (_request, response) => response.end('other'), /it has SHA-256 [0-9a-f]{64} in place of/],
    ['that the server refuses', (_request, response) => response.writeHead(404).end(), /the server answered 404/],
  ])('%s is an error and leaves nothing', async (_what, listener, message) => {
    const agent = await serve(listener);
    await expect(obtain(agent)).rejects.toThrow(message);
    expect(await readdir(cacheDirectory)).toEqual([]);
  });

  test('is given up with the signal', async () => {
    const abort = new AbortController();
    const agent = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': archive.length }).write('a');
      abort.abort(new Error('enough'));
    });
    await expect(obtain(agent, { signal: abort.signal })).rejects.toThrow('enough');
  });

  describe('that broke off', () => {
    const ranges: (string | undefined)[] = [];
    let cut = () => {};

    async function breakOff(): Promise<AgentPackage> {
      ranges.length = 0;
      return serve((request, response) => {
        ranges.push(request.headers.range);
        const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
        const rest = archive.subarray(from);
        response.writeHead(from === 0 ? 200 : 206, { 'content-length': rest.length });
        if (from > 0) response.end(rest);
        else response.write(rest.subarray(0, 100_000));
        cut = () => response.destroy();
      });
    }

    test('is gone on with where it ended', async () => {
      const agent = await breakOff();
      await expect(obtain(agent, { onProgress: () => cut() })).rejects.toThrow(/^download agent 4\.275\.0 from http:/);
      const [left = ''] = await readdir(cacheDirectory);
      const { size } = await stat(join(cacheDirectory, left));
      const told: Progress[] = [];
      const path = await obtain(agent, { onProgress: progress => told.push(progress) });
      expect(archive.equals(await readFile(path))).toBe(true);
      expect(ranges).toEqual([undefined, `bytes=${size}-`]);
      expect(told[0]).toMatchObject({ done: expect.toSatisfy((done: number) => done * archive.length >= size * 0.9) });
      expect(await readdir(cacheDirectory)).toEqual([basename(path)]);
    });

    test('is begun anew by a server that knows no ranges, or of which the beginning is another', async () => {
      const agent = await breakOff();
      await expect(obtain(agent, { onProgress: () => cut() })).rejects.toThrow();
      const [left = ''] = await readdir(cacheDirectory);
      server?.removeAllListeners('request');
      server?.on('request', (_request, response) => response.end(archive));
      expect(archive.equals(await readFile(await obtain(agent)))).toBe(true);

      await rm(join(cacheDirectory, left.replace('.partial', '')));
      await writeFile(join(cacheDirectory, left), Buffer.alloc(archive.length + 1));
      server?.removeAllListeners('request');
      server?.on('request', (request, response) => {
        if (request.headers.range === undefined) response.end(archive);
        else response.writeHead(416, { 'content-range': `bytes */${archive.length}` }).end();
      });
      expect(archive.equals(await readFile(await obtain(agent)))).toBe(true);
    });
  });
});

test('of all packages the three that were used last stay, and nothing that broke off', async () => {
  const served = await serve((_request, response) => response.end(archive));
  const release = (minor: number) => ({ ...served, version: `4.${minor}.0` });
  await writeFile(join(cacheDirectory, 'agent-4.0.0-0123456789ab.tar.gz.partial'), 'half');
  await writeFile(join(cacheDirectory, 'notes'), 'kept');
  for (const minor of [1, 2, 3, 1, 4]) {
    now += 60_000;
    await obtain(release(minor));
  }
  const names = (await readdir(cacheDirectory)).map(name => name.split('-').slice(0, 2).join('-'));
  expect(names.sort()).toEqual(['agent-4.1.0', 'agent-4.3.0', 'agent-4.4.0', 'notes']);
});

test('two builds that want one package at once share one download', async () => {
  let downloads = 0;
  const agent = await serve((_request, response) => {
    downloads += 1;
    response.end(archive);
  });
  const cache = new AgentCache({ directory: cacheDirectory, now: () => now });
  const wish = { onProgress: () => undefined, wayOut: new WayOut(), signal: new AbortController().signal };
  const [one, other] = await Promise.all([cache.obtain(agent, wish), cache.obtain(agent, wish)]);
  expect(one).toBe(other);
  expect(downloads).toBe(1);
});

function obtain(agent: AgentPackage, wish: Partial<Parameters<AgentCache['obtain']>[1]> = {}): Promise<string> {
  const cache = new AgentCache({ directory: cacheDirectory, now: () => now });
  return cache.obtain(agent, {
    onProgress: () => undefined,
    wayOut: new WayOut(),
    signal: new AbortController().signal,
    ...wish,
  });
}

async function serve(listener: RequestListener): Promise<AgentPackage> {
  server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  const url = `http://127.0.0.1:${address.port}/agent.tar.gz`;
  return { version: '4.275.0', sha256, from: { kind: 'url', url } };
}
