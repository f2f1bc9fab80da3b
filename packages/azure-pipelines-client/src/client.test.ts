import { describe, expect, it } from 'vitest';
import { connect } from '../test/connect.js';
import { type ScriptedAnswer, serve } from '../test/local-server.js';
import { rejection } from '../test/rejection.js';

const agent = { id: 25, name: 'ci-1', enabled: true, status: 'offline' };
const publicKey = { exponent: 'AQAB', modulus: 'xyz=' };

describe('headers', () => {
  it('carry the token with an empty user, the version, and the wish not to be redirected', async () => {
    await using server = await serve({ body: agent });
    await using client = connect(`${server.url}/_apis/x?y#z`, { userAgent: 'test/1' });
    await client.agents.patch(12, { id: 25, name: 'ci-1' });
    expect(client.url).toBe(server.url);
    expect(server.seen[0]?.headers).toMatchObject({
      authorization: 'Basic OmFiYzEyMw==',
      accept: 'application/json;api-version=7.0',
      'content-type': 'application/json',
      'user-agent': 'test/1',
      'x-tfs-fedauthredirect': 'Suppress',
    });
  });

  it('carry a bearer token as it is', async () => {
    await using server = await serve({ body: { instanceId: 'one' } });
    await using client = connect(server.url, { auth: { kind: 'bearer', token: () => Promise.resolve('e.y.J') } });
    expect(await client.connectionData()).toEqual({ instanceId: 'one' });
    expect(server.seen[0]).toMatchObject({
      url: '/collection/_apis/connectionData',
      headers: { authorization: 'Bearer e.y.J' },
    });
  });
});

describe('pools', () => {
  it('are found by their exact name in any case, among whatever the server offers', async () => {
    const value = [
      { id: 1, name: 'Linux & more, old' },
      { id: 2, name: 'LINUX & More' },
    ];
    await using server = await serve({ body: { count: 2, value } });
    await using client = connect(server.url);
    expect(await client.pools.findByName('Linux & more')).toEqual({ id: 2, name: 'LINUX & More' });
    expect(server.seen[0]?.url).toBe('/collection/_apis/distributedtask/pools?poolName=Linux%20%26%20more');
    expect(await client.pools.findByName('Linux')).toBeUndefined();
  });
});

describe('agents', () => {
  it('are listed with the details asked for, without nulls', async () => {
    await using server = await serve({ body: { count: 1, value: [{ ...agent, assignedRequest: null }] } });
    await using client = connect(server.url);
    const options = { includeAssignedRequest: true, includeCapabilities: false, agentName: 'ci 1' };
    expect(await client.agents.list(12, options)).toStrictEqual([agent]);
    const path = '/collection/_apis/distributedtask/pools/12/agents';
    expect(server.seen[0]?.url).toBe(`${path}?agentName=ci%201&includeCapabilities=false&includeAssignedRequest=true`);
  });

  it('are read one by one', async () => {
    await using server = await serve({ body: agent });
    await using client = connect(server.url);
    expect(await client.agents.get(12, 25)).toEqual(agent);
    expect(server.seen[0]).toMatchObject({
      method: 'GET',
      url: '/collection/_apis/distributedtask/pools/12/agents/25',
    });
  });

  it('take exactly one job at a time, in every body that is sent', async () => {
    await using server = await serve({ body: agent });
    await using client = connect(server.url);
    await client.agents.create(12, { name: 'ci-1', version: '4.275.0', authorization: { publicKey } });
    await client.agents.patch(12, { id: 25, name: 'ci-1', enabled: false });
    expect(server.seen.map(({ method, body }) => ({ method, body }))).toEqual([
      {
        method: 'POST',
        body: {
          name: 'ci-1',
          version: '4.275.0',
          enabled: true,
          provisioningState: 'Provisioned',
          authorization: { publicKey },
          maxParallelism: 1,
        },
      },
      { method: 'PATCH', body: { id: 25, name: 'ci-1', enabled: false, maxParallelism: 1 } },
    ]);
  });

  it.each([{ status: 204 }, { status: 200 }, { body: agent }])(
    'are deleted when the server answers %j',
    async answer => {
      await using server = await serve(answer);
      await using client = connect(server.url);
      expect(await client.agents.delete(12, 25)).toBeUndefined();
      expect(server.seen[0]).toMatchObject({
        method: 'DELETE',
        url: '/collection/_apis/distributedtask/pools/12/agents/25',
      });
    },
  );

  it.each<[ScriptedAnswer, string]>([
    [{ status: 400, body: { typeKey: 'TaskAgentJobStillRunningException' } }, 'busy'],
    [{ status: 403, body: { typeKey: 'TaskAgentJobStillRunningException' } }, 'busy'],
    [{ status: 400, body: { message: 'no' } }, 'busy'],
    [{ status: 409 }, 'busy'],
    [{ status: 423 }, 'busy'],
    [{ status: 401 }, 'credentials'],
    [{ status: 403 }, 'forbidden'],
    [{ status: 404 }, 'not-found'],
    [{ status: 429 }, 'throttled'],
    [{ status: 500 }, 'unavailable'],
  ])('are not deleted when the server answers %j: %s', async (answer, kind) => {
    await using server = await serve(answer);
    await using client = connect(server.url);
    expect((await rejection(client.agents.delete(12, 25))).kind).toBe(kind);
  });

  it.each([{ ...agent, id: '25' }, { ...agent, status: 'sleeping' }, { id: 25, name: 'ci-1' }, 'ci-1'])(
    'of another shape are no agents: %j',
    async value => {
      await using server = await serve({ body: { count: 1, value: [value] } });
      await using client = connect(server.url);
      expect((await rejection(client.agents.list(12))).kind).toBe('protocol');
    },
  );
});

describe('job requests', () => {
  it('are listed as long as they have no result', async () => {
    const value = [
      { requestId: 1, result: 'succeeded' },
      { requestId: 2, result: null, finishTime: null, demands: ['docker'] },
      { requestId: 3, receiveTime: '2026-01-02T03:04:05Z' },
      { requestId: 4, finishTime: '2026-01-02T03:04:05Z' },
    ];
    await using server = await serve({ body: { count: 4, value } });
    await using client = connect(server.url);
    const requests = await client.jobRequests.listUnfinished(12);
    expect(requests.map(({ requestId }) => requestId)).toEqual([2, 3]);
    expect(server.seen[0]?.url).toBe('/collection/_apis/distributedtask/pools/12/jobrequests?completedRequestCount=0');
  });
});

describe('packages', () => {
  const release = (minor: number, platform = 'linux-x64') => ({
    type: 'agent',
    platform,
    version: { major: 4, minor, patch: 0 },
    downloadUrl: `https://download.example/${minor}.tar.gz`,
  });

  it('are found by platform, the newest even where the server shows several', async () => {
    await using server = await serve({
      body: { count: 3, value: [release(9), release(275), release(300, 'win-x64')] },
    });
    await using client = connect(server.url);
    expect(await client.packages.latest({ platform: 'linux-x64' })).toEqual(release(275));
    expect(server.seen[0]?.url).toBe('/collection/_apis/distributedtask/packages/agent?platform=linux-x64&$top=1');
  });

  it('may be missing', async () => {
    await using server = await serve({ body: { count: 0, value: [] } });
    await using client = connect(server.url);
    expect(await client.packages.latest({ platform: 'linux-arm', type: 'pipelines-agent' })).toBeUndefined();
    expect(server.seen[0]?.url).toContain('/packages/pipelines-agent?platform=linux-arm');
  });
});

describe('sessions', () => {
  it('are opened with the agent that listens, and closed by their id', async () => {
    const opened = { sessionId: 's-1', encryptionKey: { encrypted: true, value: 'AA==' }, ownerName: null };
    await using server = await serve({ body: opened }, { status: 204 });
    await using client = connect(server.url, { auth: { kind: 'bearer', token: () => Promise.resolve('e.y.J') } });
    const session = { ownerName: 'host', agent: { id: 25, name: 'ci-1', version: '4.275.0' } };
    expect(await client.sessions.open(12, session)).toStrictEqual({
      sessionId: 's-1',
      encryptionKey: opened.encryptionKey,
    });
    await client.sessions.close(12, 's-1');
    expect(server.seen.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'POST /collection/_apis/distributedtask/pools/12/sessions',
      'DELETE /collection/_apis/distributedtask/pools/12/sessions/s-1',
    ]);
    const id = '00000000-0000-0000-0000-000000000000';
    expect(server.seen[0]?.body).toEqual({ sessionId: id, ...session });
  });
});
