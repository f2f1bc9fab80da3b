import { describe, expect, it } from 'vitest';
import { connect, emptyList } from '../test/connect.js';
import { FakeClock } from '../test/fake-clock.js';
import { type ScriptedAnswer, serve } from '../test/local-server.js';
import { rejection } from '../test/rejection.js';

describe('the gate', () => {
  it('holds the next call until Retry-After is over', async () => {
    const clock = new FakeClock();
    await using server = await serve({ status: 429, headers: { 'retry-after': '7' } }, emptyList);
    await using client = connect(server.url, { clock });
    expect(await rejection(client.agents.list(12))).toMatchObject({
      kind: 'throttled',
      status: 429,
      retryAfterMs: 7000,
    });

    const call = client.agents.list(12);
    await clock.sleeping(7000);
    expect(server.seen).toHaveLength(1);
    clock.advance(7000);
    expect(await call).toEqual([]);
    expect(server.seen).toHaveLength(2);
  });

  it.each<[string, ScriptedAnswer]>([
    ['a success', { ...emptyList, headers: { 'retry-after': '60' } }],
    ['a failure of the server', { status: 503, headers: { 'retry-after': '60' } }],
    [
      'a date',
      {
        ...emptyList,
        headers: { date: 'Fri, 02 Jan 2026 09:00:00 GMT', 'retry-after': 'Fri, 02 Jan 2026 09:01:00 GMT' },
      },
    ],
  ])('refuses a call at once that could not go out within its deadline, after %s', async (_, answer) => {
    const clock = new FakeClock();
    await using server = await serve(answer);
    await using client = connect(server.url, { clock });
    await client.agents.list(12).catch(() => undefined);

    const error = await rejection(client.agents.list(12, { deadlineMs: 60_000 }));
    expect(error).toMatchObject({ kind: 'throttled', status: undefined, retryAfterMs: 60_000, retryable: true });
    expect(server.seen).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });

  it('lets a waiting call be aborted', async () => {
    const clock = new FakeClock();
    await using server = await serve({ ...emptyList, headers: { 'retry-after': '7' } });
    await using client = connect(server.url, { clock });
    await client.agents.list(12);
    const caller = new AbortController();
    const call = client.agents.list(12, { signal: caller.signal });
    void clock.sleeping(7000).then(() => caller.abort());
    await expect(call).rejects.toMatchObject({ name: 'AbortError' });
    expect(server.seen).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });

  it('stays shut for the longer of two silences', async () => {
    const clock = new FakeClock();
    await using server = await serve(
      { status: 429, headers: { 'retry-after': '20' } },
      { status: 429, headers: { 'retry-after': '5' } },
    );
    await using client = connect(server.url, { clock });
    await Promise.all([rejection(client.agents.list(12)), rejection(client.agents.list(12))]);
    expect(await rejection(client.agents.list(12, { deadlineMs: 1000 }))).toMatchObject({ retryAfterMs: 20_000 });
  });

  it('pauses as long as the server held a call back', async () => {
    const clock = new FakeClock();
    await using server = await serve({ ...emptyList, headers: { 'x-ratelimit-delay': '2.5' } }, emptyList);
    await using client = connect(server.url, { clock });
    await client.agents.list(12);
    expect(client.rateLimit()).toEqual({ delayMs: 2500 });

    const call = client.agents.list(12);
    await clock.sleeping(2500);
    clock.advance(2500);
    await call;
    expect(client.rateLimit()).toBeUndefined();
  });
});
