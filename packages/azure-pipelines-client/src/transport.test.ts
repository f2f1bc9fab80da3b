import { once } from 'node:events';
import { createServer } from 'node:net';
import { Agent } from 'undici';
import { describe, expect, it } from 'vitest';
import { connect, emptyList } from '../test/connect.js';
import { FakeClock } from '../test/fake-clock.js';
import { serve } from '../test/local-server.js';
import { rejection } from '../test/rejection.js';
import type { CallReport } from './transport.js';

describe('the network', () => {
  it('names a server where nothing listens', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const address = closed.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    closed.close();
    await once(closed, 'close');
    await using client = connect(`http://127.0.0.1:${port}/c`);
    const error = await rejection(client.agents.list(12));
    expect(error).toMatchObject({ kind: 'unreachable', status: undefined, retryable: true });
    expect(error.message).toContain('nothing listens there');
  });

  it.each(['cut', 'cut in the body'] as const)('reports a connection that is %s', async fault => {
    await using server = await serve({ ...emptyList, fault });
    await using client = connect(server.url);
    const error = await rejection(client.agents.list(12));
    expect(error.kind).toBe('unreachable');
    expect(error.message).toContain('the connection was cut');
    expect(error.cause).toBeInstanceOf(Error);
  });

  it('tells when TLS is spoken to a server that does not', async () => {
    await using server = await serve(emptyList);
    await using client = connect(server.url.replace('http:', 'https:'));
    const error = await rejection(client.agents.list(12));
    expect(error.kind).toBe('unreachable');
    expect(error.message).toContain('check scheme and port');
  });
});

describe('a dispatcher of the caller', () => {
  it('carries the calls and outlives the client', async () => {
    await using server = await serve(emptyList);
    const dispatcher = new Agent();
    try {
      for (const _ of ['first client', 'second client']) {
        await using client = connect(server.url, { dispatcher });
        await client.agents.list(12);
      }
      expect(dispatcher.closed).toBe(false);
      expect(server.seen).toHaveLength(2);
    } finally {
      await dispatcher.close();
    }
  });
});

describe('onCall', () => {
  it('hears of each request under a route without ids, and cannot break it', async () => {
    const calls: CallReport[] = [];
    const date = 'Thu, 01 Jan 2026 00:00:00 GMT';
    const serverAt = Date.UTC(2026, 0, 1);
    await using server = await serve(
      { ...emptyList, headers: { date } },
      { fault: 'cut' },
      { status: 401, headers: { date: 'no date' } },
      { ...emptyList, headers: { date: 'no date', 'x-ratelimit-delay': '1' } },
    );
    await using client = connect(server.url, {
      clock: new FakeClock(),
      onCall: call => {
        calls.push(call);
        throw new Error('a listener that fails');
      },
    });
    await client.agents.list(12);
    await rejection(client.agents.delete(12, 25));
    await rejection(client.pools.findByName('x'));
    await client.pools.findByName('x');
    expect(calls).toEqual([
      { method: 'GET', route: 'GET pools/{pool}/agents', status: 200, ms: 0, serverAt },
      { method: 'DELETE', route: 'DELETE pools/{pool}/agents/{agent}', status: undefined, ms: 0 },
      { method: 'GET', route: 'GET pools', status: 401, ms: 0, refusal: 'credentials' },
      { method: 'GET', route: 'GET pools', status: 200, ms: 0, rateLimit: { delayMs: 1000 } },
    ]);
  });
});
