import { once } from 'node:events';
import { createServer } from 'node:net';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { connect, emptyList, token } from '../test/connect.js';
import { type ScriptedAnswer, serve } from '../test/local-server.js';
import { rejection } from '../test/rejection.js';
import type { CallReport } from './transport.js';

describe('the token', () => {
  const echo = { message: `bad ${token}, Basic OmFiYzEyMw==`, typeKey: token };
  it.each<[string, ScriptedAnswer]>([
    ['in an error', { status: 400, body: echo, headers: { ActivityId: token } }],
    ['in a header', { status: 500, headers: { 'x-tfs-serviceerror': `no%20${token}` } }],
    ['in a redirect', { status: 301, headers: { location: `https://new.example/${token}` } }],
    ['in broken JSON', { headers: { 'content-type': 'application/json' }, body: token }],
  ])('never shows up in an error when the server echoes it %s', async (_, answer) => {
    await using server = await serve(answer);
    await using client = connect(server.url);
    const error = await rejection(client.agents.list(12));
    const everything = [error.message, error.stack, JSON.stringify(error), String(error.cause)].join('\n');
    expect(everything).not.toContain(token);
    expect(everything).not.toContain('OmFiYzEyMw==');
  });

  it('never shows up, even deep inside, when something that is not HTTP echoes the request', async () => {
    const echo = createServer(socket => socket.pipe(socket)).listen(0, '127.0.0.1');
    await once(echo, 'listening');
    const address = echo.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const client = connect(`http://127.0.0.1:${port}/c`);
    const error = await rejection(client.agents.list(12));
    await client.close();
    echo.close();
    expect(error.message).toContain('is not HTTP');
    expect(inspect(error, { depth: 9 })).not.toContain('OmFiYzEyMw==');
  });

  it('is asked for again before each call, and trimmed', async () => {
    await using server = await serve(emptyList);
    const tokens = ['first\n', 'second'];
    await using client = connect(server.url, { auth: { kind: 'pat', token: () => tokens.shift() ?? '' } });
    await client.agents.list(12);
    await client.agents.list(12);
    const sent = server.seen.map(({ headers }) => headers.authorization);
    expect(sent).toEqual([':first', ':second'].map(pair => `Basic ${Buffer.from(pair).toString('base64')}`));
  });

  it.each([
    ['', 'it is empty'],
    ['two words', 'holds a space'],
    ['näh', 'another character'],
  ])('%j is refused before anything is sent', async (bad, why) => {
    await using server = await serve(emptyList);
    await using client = connect(server.url, { auth: { kind: 'pat', token: bad } });
    const error = await rejection(client.agents.list(12));
    expect(error.kind).toBe('credentials');
    expect(error.message).toContain(why);
    expect(server.seen).toHaveLength(0);
  });

  it('that could not be obtained is a retryable failure of its own', async () => {
    const cause = new Error('token endpoint answered 500');
    await using client = connect('http://127.0.0.1:9/c', {
      auth: { kind: 'bearer', token: () => Promise.reject(cause) },
    });
    const error = await rejection(client.agents.list(12));
    expect(error).toMatchObject({ kind: 'credentials', retryable: true, cause });
    expect(error.message).toContain('token endpoint answered 500');
  });

  const refusal = { status: 401, body: { message: 'TF400813', typeKey: 'UnauthorizedRequestException' } };

  it('that was refused makes way for another, with which the same call is sent again', async () => {
    await using server = await serve(refusal, emptyList);
    const refused: string[] = [];
    const another = async (token: string) => {
      refused.push(token);
      return 'second\n';
    };
    await using client = connect(server.url, { auth: { kind: 'bearer', token: 'first', another } });
    expect(await client.agents.list(12)).toEqual([]);
    expect(refused).toEqual(['first']);
    expect(server.seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer first', 'Bearer second']);
    expect(server.seen[1]?.url).toBe(server.seen[0]?.url);
  });

  it.each([
    ['there is no other', undefined, 1],
    ['the other is refused too', 'second', 2],
  ])('that was refused is reported when %s', async (_, other, calls) => {
    await using server = await serve(refusal);
    await using client = connect(server.url, { auth: { kind: 'bearer', token: 'first', another: async () => other } });
    const error = await rejection(client.agents.list(12));
    expect(error.kind).toBe('credentials');
    expect(error.message).toContain('add the identity that it is for to the users of the organisation');
    expect(server.seen).toHaveLength(calls);
  });

  it('that was refused is reported with why there is no other', async () => {
    await using server = await serve(refusal);
    const another = () => Promise.reject(new Error('the endpoint is ill'));
    await using client = connect(server.url, { auth: { kind: 'bearer', token: 'first', another } });
    const error = await rejection(client.agents.list(12));
    expect(error).toMatchObject({ kind: 'credentials', status: 401, typeKey: refusal.body.typeKey, retryable: false });
    expect(error.message).toMatch(/the token was refused \(401\).*; there is no other: .*the endpoint is ill$/);
  });

  it.each([refusal, { status: 203, body: '<html>Sign in</html>' }, { status: 403 }])(
    'is not called bad by a call for which it may not be enough: $status',
    async answer => {
      await using server = await serve(answer);
      const another = () => Promise.reject(new Error('asked'));
      const reports: CallReport[] = [];
      const onCall = (report: CallReport) => void reports.push(report);
      await using client = connect(server.url, { auth: { kind: 'pat', token, another }, onCall });
      const error = await rejection(client.parallelJobs.selfHosted());
      expect(error.kind).toBe('forbidden');
      expect(error.message).toContain(`the token is not let in here (${answer.status})`);
      expect(error.message).not.toContain('make a new token');
      expect(reports).toMatchObject([{ refusal: 'forbidden' }]);
    },
  );

  it('is not asked for again for a call that failed otherwise', async () => {
    await using server = await serve({ status: 500 });
    const another = () => Promise.reject(new Error('asked'));
    await using client = connect(server.url, { auth: { kind: 'pat', token, another } });
    expect((await rejection(client.agents.list(12))).kind).toBe('unavailable');
  });
});
