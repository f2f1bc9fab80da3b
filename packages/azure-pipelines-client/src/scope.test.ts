import { describe, expect, it } from 'vitest';
import { connect, emptyList } from '../test/connect.js';
import { FakeClock } from '../test/fake-clock.js';
import { serve } from '../test/local-server.js';
import { rejection } from '../test/rejection.js';

describe('the end of a call', () => {
  it('is its deadline when the server never answers', async () => {
    const clock = new FakeClock();
    await using server = await serve({ fault: 'hang' });
    await using client = connect(server.url, { clock });
    const arrival = server.arrival();
    const failure = rejection(client.agents.list(12, { deadlineMs: 5000 }));
    await arrival;
    clock.advance(5000);
    const error = await failure;
    expect(error.kind).toBe('timeout');
    expect(error.message).toContain('within 5000 ms');
    expect(clock.pending).toBe(0);
  });

  it('is its deadline when the token never comes', async () => {
    const clock = new FakeClock();
    await using client = connect('http://127.0.0.1:9/c', {
      clock,
      auth: { kind: 'bearer', token: () => new Promise<string>(() => undefined) },
    });
    const failure = rejection(client.agents.list(12));
    await clock.sleeping(30_000);
    clock.advance(30_000);
    const error = await failure;
    expect(error).toMatchObject({ kind: 'credentials', status: undefined, retryable: true });
    expect(error.message).toContain('no token within 30000 ms');
  });

  it('is its deadline when no other token comes for one that was refused, which is told', async () => {
    const clock = new FakeClock();
    await using server = await serve({ status: 401 });
    let begin = () => {};
    const asked = new Promise<void>(resolve => {
      begin = resolve;
    });
    const another = () => {
      begin();
      return new Promise<undefined>(() => undefined);
    };
    await using client = connect(server.url, { clock, auth: { kind: 'bearer', token: 'first', another } });
    const failure = rejection(client.agents.list(12));
    await asked;
    clock.advance(30_000);
    expect(await failure).toMatchObject({ kind: 'credentials', status: 401 });
  });

  it("is its caller's abort, with the caller's own reason", async () => {
    await using server = await serve({ fault: 'hang' });
    await using client = connect(server.url);
    const caller = new AbortController();
    const arrival = server.arrival();
    const call = client.agents.list(12, { signal: caller.signal });
    const reason = new Error('enough');
    void arrival.then(() => caller.abort(reason));
    await expect(call).rejects.toBe(reason);
  });

  it('comes before the start when the signal is aborted already', async () => {
    await using server = await serve(emptyList);
    await using client = connect(server.url);
    await expect(client.agents.list(12, { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
    expect(server.seen).toHaveLength(0);
  });

  it('is the end of the client, which may come twice', async () => {
    await using server = await serve({ fault: 'hang' });
    const client = connect(server.url);
    const arrival = server.arrival();
    const call = client.agents.list(12);
    void arrival.then(() => client.close());
    await expect(call).rejects.toMatchObject({ name: 'AbortError' });
    await client.close();
    await expect(client.agents.list(12)).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('leaves no timer behind', async () => {
    const clock = new FakeClock();
    await using server = await serve(emptyList);
    await using client = connect(server.url, { clock });
    await client.agents.list(12);
    expect(clock.pending).toBe(0);
  });
});
