import { describe, expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import { refused, startScriptedDaemon } from '../../test/scripted-daemon.js';
import type { CallReport, IncusEvent } from '../index.js';

const notFound = () => refused(404, 'not found');
const noSleep = () => Promise.resolve();

function lifecycle(action: string): string {
  const metadata = { action, source: '/1.0/instances/x' };
  return JSON.stringify({ type: 'lifecycle', timestamp: '2026-01-02T03:04:05Z', location: 'none', metadata });
}

function label(event: IncusEvent): string {
  return event.type === 'lifecycle' ? event.metadata.action : event.type;
}

async function take(count: number, events: AsyncIterable<IncusEvent>): Promise<IncusEvent[]> {
  const seen: IncusEvent[] = [];
  for await (const event of events) {
    seen.push(event);
    if (seen.length === count) break;
  }
  return seen;
}

describe('a subscription', () => {
  it('begins with a gap, even when an event arrives together with the connection', async () => {
    await using daemon = await startScriptedDaemon(notFound, socket => socket.send(lifecycle('instance-ready')));
    const seen = await take(2, daemon.client.events.subscribe({ types: ['lifecycle'] }));
    expect(seen.map(label)).toEqual(['gap', 'instance-ready']);
  });

  it('asks for its types in its project', async () => {
    const urls: string[] = [];
    await using daemon = await startScriptedDaemon(notFound, (_, url) => void urls.push(url));
    await take(1, daemon.client.withProject('ci').events.subscribe({ types: ['lifecycle', 'operation'] }));
    await take(1, daemon.client.events.subscribe({ types: ['logging'], allProjects: true }));
    expect(urls).toEqual([
      '/1.0/events?project=ci&type=lifecycle%2Coperation',
      '/1.0/events?all-projects=true&type=logging',
    ]);
  });

  it('is reported when it has opened, and when it is refused', async () => {
    const calls: CallReport[] = [];
    const options = { onCall: (call: CallReport) => void calls.push(call) };
    const subscribe = async (onWebSocket?: () => void) => {
      const stop = new AbortController();
      await using daemon = await startScriptedDaemon(notFound, onWebSocket, options);
      const onDisconnect = () => stop.abort();
      await take(1, daemon.client.events.subscribe({ types: ['lifecycle'], signal: stop.signal, onDisconnect }));
    };
    await subscribe(() => undefined);
    await subscribe();
    expect(calls).toEqual(
      [101, 403].map(status => ({ method: 'GET', route: '/1.0/events', status, ms: expect.any(Number) })),
    );
  });

  it('goes on after a lost connection with a gap that says why and since when', async () => {
    const before = Date.now();
    await using daemon = await startScriptedDaemon(notFound, socket => {
      socket.send(lifecycle('instance-ready'));
      socket.close();
    });
    const lost: string[] = [];
    const onDisconnect = (error: Error) => void lost.push(error.message);
    const seen = await take(4, daemon.client.events.subscribe({ types: ['lifecycle'], sleep: noSleep, onDisconnect }));
    expect(seen.map(label)).toEqual(['gap', 'instance-ready', 'gap', 'instance-ready']);
    expect(seen[2]).toMatchObject({ reason: lost[0], since: expect.any(Number) });
    expect(seen[2]?.type === 'gap' && seen[2].since).toBeGreaterThanOrEqual(before);
  });

  it('waits twice as long after each attempt, up to the limit, and from the start again once connected', async () => {
    const pauses: number[] = [];
    const stop = new AbortController();
    const sleep = (ms: number) => {
      pauses.push(ms);
      if (pauses.length === 5) stop.abort();
      return Promise.resolve();
    };
    await using daemon = await startScriptedDaemon(notFound);
    const reconnect = { minMs: 10, maxMs: 50 };
    const options = { types: ['lifecycle'], signal: stop.signal, sleep, reconnect } as const;
    expect(await take(1, daemon.client.events.subscribe(options))).toEqual([]);
    expect(pauses).toEqual([10, 20, 40, 50, 50]);
  });

  it('pauses shortly again after a connection that came about', async () => {
    const pauses: number[] = [];
    await using daemon = await startScriptedDaemon(notFound, socket => socket.close());
    const sleep = (ms: number) => {
      pauses.push(ms);
      return Promise.resolve();
    };
    await take(4, daemon.client.events.subscribe({ types: ['lifecycle'], sleep }));
    expect(pauses.slice(0, 3)).toEqual([100, 100, 100]);
  });

  it('hands a refusal to onDisconnect, with its kind', async () => {
    const stop = new AbortController();
    await using daemon = await startScriptedDaemon(notFound);
    let seen: Error | undefined;
    const onDisconnect = (error: Error) => {
      seen = error;
      stop.abort();
    };
    await take(1, daemon.client.events.subscribe({ types: ['lifecycle'], signal: stop.signal, onDisconnect }));
    expect(seen).toMatchObject({ kind: 'forbidden', message: 'follow events: not authorized' });
  });

  it('leaves a peer that has fallen silent', async () => {
    await using daemon = await startScriptedDaemon(notFound, () => undefined);
    const options = { types: ['lifecycle'], silenceMs: 30, sleep: noSleep } as const;
    const [, second] = await take(2, daemon.client.events.subscribe(options));
    expect(second).toMatchObject({ type: 'gap', reason: expect.stringContaining('nothing heard for 30 ms') });
  });

  it('drops what a slow reader has not read, for one gap', async () => {
    let server: WebSocket | undefined;
    await using daemon = await startScriptedDaemon(notFound, socket => {
      server = socket;
    });
    const events = daemon.client.events.subscribe({ types: ['lifecycle'], bufferSize: 3 })[Symbol.asyncIterator]();
    await events.next();
    for (const action of ['a', 'b', 'c', 'd', 'e']) server?.send(lifecycle(action));
    // A pong comes after everything that was sent before the ping.
    const ponged = new Promise(resolve => server?.once('pong', resolve));
    server?.ping();
    await ponged;
    const gap = (await events.next()).value as IncusEvent;
    expect(gap).toMatchObject({ type: 'gap', since: Date.parse('2026-01-02T03:04:05Z') });
    expect(label((await events.next()).value as IncusEvent)).toBe('e');
    await events.return?.();
  });

  it('takes no notice of messages that it does not know', async () => {
    await using daemon = await startScriptedDaemon(notFound, socket => {
      socket.send('{"type":"network-acl","metadata":{}}');
      socket.send('no JSON');
      socket.send(lifecycle('instance-ready'));
    });
    const seen = await take(2, daemon.client.events.subscribe({ types: ['lifecycle'] }));
    expect(seen.map(label)).toEqual(['gap', 'instance-ready']);
  });
});

describe('the end of a subscription', () => {
  async function closesWhen(end: (stop: AbortController, close: () => Promise<void>) => unknown): Promise<void> {
    let closed: Promise<unknown> | undefined;
    await using daemon = await startScriptedDaemon(notFound, socket => {
      closed = new Promise(resolve => socket.once('close', resolve));
    });
    const stop = new AbortController();
    for await (const _ of daemon.client.events.subscribe({ types: ['lifecycle'], signal: stop.signal })) {
      if ((await end(stop, () => daemon.client.close())) === 'break') break;
    }
    expect(closed).toBeDefined();
    await closed;
  }

  it('by a break closes the socket', () => closesWhen(() => 'break'));
  it('by the signal closes the socket, without an error', () => closesWhen(stop => stop.abort()));
  it('by closing the client closes the socket', () => closesWhen((_, close) => close()));

  it('comes before the first connection when the signal is aborted already', async () => {
    await using daemon = await startScriptedDaemon(notFound, () => undefined);
    const options = { types: ['lifecycle'], signal: AbortSignal.abort() } as const;
    expect(await take(1, daemon.client.events.subscribe(options))).toEqual([]);
  });
});
