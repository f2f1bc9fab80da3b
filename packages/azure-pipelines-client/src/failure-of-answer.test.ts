import { describe, expect, it } from 'vitest';
import { connect, emptyList } from '../test/connect.js';
import { type ScriptedAnswer, serve } from '../test/local-server.js';
import { rejection } from '../test/rejection.js';
import { ignoreNotFound, isAzurePipelinesError } from './azure-pipelines-error.js';

const signInPage = { headers: { 'content-type': 'text/html; charset=utf-8' }, body: '<html>Sign in</html>' };

describe('the rule of success', () => {
  const cases: [string, ScriptedAnswer, string, boolean][] = [
    ['401 with a JSON body', { status: 401, body: { typeKey: 'UnauthorizedRequestException' } }, 'credentials', false],
    ['401 without a body', { status: 401 }, 'credentials', false],
    ['203 with the sign-in page', { ...signInPage, status: 203 }, 'credentials', false],
    ['203 with JSON', { ...emptyList, status: 203 }, 'credentials', false],
    ['200 with the sign-in page', signInPage, 'credentials', false],
    ['302', { status: 302, headers: { location: 'https://login.example/_signin?x=1' } }, 'credentials', false],
    [
      '307 to the sign-in page',
      { status: 307, headers: { location: 'https://a.example/_signin' } },
      'credentials',
      false,
    ],
    ['301 to another place', { status: 301, headers: { location: 'https://new.example/org' } }, 'invalid', false],
    ['403', { status: 403, body: { typeKey: 'AccessDeniedException' } }, 'forbidden', false],
    ['404', { status: 404, body: { typeKey: 'TaskAgentPoolNotFoundException' } }, 'not-found', false],
    ['409', { status: 409, body: { typeKey: 'TaskAgentExistsException' } }, 'conflict', false],
    ['400', { status: 400, body: { typeKey: 'VssServiceException' } }, 'invalid', false],
    [
      '400 with the type of a taken name',
      { status: 400, body: { typeKey: 'TaskAgentExistsException' } },
      'conflict',
      false,
    ],
    ['429', { status: 429 }, 'throttled', true],
    ['500', { status: 500, body: { message: 'boom' } }, 'unavailable', true],
    ['503 with a web page', { ...signInPage, status: 503 }, 'unavailable', true],
    ['200 with plain text', { headers: { 'content-type': 'text/plain' }, body: 'hello' }, 'protocol', true],
    ['200 with broken JSON', { headers: { 'content-type': 'application/json' }, body: '{"count":' }, 'protocol', true],
    ['200 with nothing', {}, 'protocol', true],
    ['200 with JSON that is no list', { body: { value: null, count: 0 } }, 'protocol', true],
  ];

  it.each(cases)('%s', async (_, answer, kind, retryable) => {
    await using server = await serve(answer);
    await using client = connect(server.url);
    const error = await rejection(client.agents.list(12));
    expect(error).toMatchObject({ kind, retryable });
    expect(isAzurePipelinesError(error, 'busy')).toBe(false);
    if (answer.status !== undefined) expect(error.status).toBe(answer.status);
    expect(server.seen).toHaveLength(1);
  });

  it('says what was tried, on what, why it failed and what to do', async () => {
    await using server = await serve({ status: 401 });
    await using client = connect(server.url);
    const error = await rejection(client.agents.list(12));
    expect(error.message).toBe(
      `list the agents of pool 12 on ${server.url}: the token was refused (401); ` +
        'make a new token with the scope Agent Pools (Read & manage)',
    );
  });

  it('passes on what the server says and what support asks for', async () => {
    const body = { message: 'Pool 12 is gone.', typeKey: 'TaskAgentPoolNotFoundException' };
    await using server = await serve({ status: 404, headers: { ActivityId: 'f00d' }, body });
    await using client = connect(server.url);
    const error = await rejection(client.agents.list(12));
    expect(error).toMatchObject({ typeKey: 'TaskAgentPoolNotFoundException', activityId: 'f00d' });
    expect(error.message).toContain('Pool 12 is gone.');
  });

  it('takes the message from the header when the body has none', async () => {
    await using server = await serve({ status: 500, headers: { 'X-TFS-ServiceError': 'disk%20is+full' } });
    await using client = connect(server.url);
    expect((await rejection(client.agents.list(12))).message).toContain('disk is full');
  });

  it('gives up an answer that is larger than allowed', async () => {
    const body = { count: 1, value: ['x'.repeat(400_000)] };
    await using server = await serve({ body });
    await using client = connect(server.url, { maxAnswerBytes: 1000 });
    const error = await rejection(client.agents.list(12));
    expect(error.kind).toBe('protocol');
    expect(error.message).toContain('larger than allowed');
  });

  it('lets a caller take what is gone for done, and nothing else', async () => {
    await using server = await serve({ status: 404 }, { status: 500 });
    await using client = connect(server.url);
    expect(await ignoreNotFound(client.agents.delete(12, 25))).toBeUndefined();
    expect((await rejection(ignoreNotFound(client.agents.delete(12, 25)))).kind).toBe('unavailable');
  });
});
