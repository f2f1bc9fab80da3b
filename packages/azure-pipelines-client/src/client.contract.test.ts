import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '../../azure-pipelines-emulator/src/index.js';
import { goOnline, makeAgentKey } from '../test/listener.js';
import { rejection } from '../test/rejection.js';
import { type AzurePipelinesClient, connectAzurePipelines } from './client.js';
import { POOL_PERMISSIONS } from './pools.js';

const key = makeAgentKey();
const agentPackage = { path: '/nonexistent', version: '4.275.0', sha256: 'ab'.repeat(32) };

let emulator: Emulator;
let client: AzurePipelinesClient;

beforeEach(async () => {
  emulator = await startEmulator({ pools: ['default', 'Linux & more'], agentPackage, parallelJobs: 1 });
  client = connectAzurePipelines({ url: emulator.url, auth: { kind: 'pat', token: emulator.token } });
});

afterEach(async () => {
  await client.close();
  await emulator.close();
});

async function register(name: string) {
  const pool = await client.pools.findByName('linux & MORE');
  if (pool === undefined) throw new Error('the emulator has lost its pool');
  const agent = await client.agents.create(pool.id, {
    name,
    version: '4.275.0',
    osDescription: 'Linux',
    authorization: { publicKey: key.publicKey },
    systemCapabilities: { 'Agent.Name': name, 'Agent.Version': '4.275.0', 'Agent.OS': 'Linux' },
  });
  return { pool, agent };
}

async function registerBusy(name: string) {
  const { pool, agent } = await register(name);
  const job = emulator.queueJob({ pool: pool.name, steps: [] });
  await goOnline(emulator.url, pool.id, agent, key);
  return { pool, agent, job };
}

describe('against the emulator', () => {
  it('finds an agent pool by name, and none by another', async () => {
    expect(await client.pools.findByName('LINUX & more')).toMatchObject({ name: 'Linux & more' });
    expect(await client.pools.findByName('Linux')).toBeUndefined();
  });

  it('tells how many jobs run, and how many may at once', async () => {
    expect(await client.parallelJobs.selfHosted()).toMatchObject({ usedCount: 0 });
    await registerBusy('first');
    await registerBusy('second');
    const { resourceLimit, usedCount } = await client.parallelJobs.selfHosted();
    expect({ resourceLimit, usedCount }).toMatchObject({ resourceLimit: { totalCount: 1 }, usedCount: 1 });
  });

  it('lists the agent pools that may be managed', async () => {
    const names = (await client.pools.listManageable()).map(({ name }) => name);
    expect(names).toEqual(['default', 'Linux & more']);
  });

  it('tells which permissions the token has on an agent pool, and the time of the server', async () => {
    const reader = await startEmulator({ permissions: 1 });
    const times: (number | undefined)[] = [];
    const onCall = ({ serverAt }: { readonly serverAt?: number }) => void times.push(serverAt);
    await using asReader = connectAzurePipelines({
      url: reader.url,
      auth: { kind: 'pat', token: reader.token },
      onCall,
    });
    const { id = 0 } = (await asReader.pools.findByName('default')) ?? {};
    const { manage, view } = POOL_PERMISSIONS;
    expect(await asReader.pools.hasPermissions(id, view)).toBe(true);
    expect(await asReader.pools.hasPermissions(id, view + manage)).toBe(false);
    expect(await client.pools.hasPermissions(1, view + manage)).toBe(true);
    const { kind } = await rejection(asReader.agents.create(id, { name: 'ci-1', version: '4.275.0' }));
    expect(kind).toBe('forbidden');
    expect(times).toEqual([expect.any(Number), expect.any(Number), expect.any(Number), expect.any(Number)]);
    await reader.close();
  });

  it('follows an agent from its registration to its end', async () => {
    const { pool, agent } = await register('ci-1');
    expect(agent).toMatchObject({ name: 'ci-1', enabled: true, status: 'offline', maxParallelism: 1 });
    expect(agent.authorization?.clientId).toMatch(/^[0-9a-f-]{36}$/);
    expect((await rejection(register('ci-1'))).kind).toBe('conflict');

    await goOnline(emulator.url, pool.id, agent, key);
    expect(await client.agents.list(pool.id, { agentName: 'ci-1' })).toMatchObject([
      { id: agent.id, status: 'online' },
    ]);
    expect(await client.agents.list(pool.id, { agentName: 'ci-2' })).toEqual([]);

    const listed = await client.agents.get(pool.id, agent.id, { includeCapabilities: true });
    expect(listed.systemCapabilities).toMatchObject({ 'Agent.OS': 'Linux' });

    await client.agents.delete(pool.id, agent.id);
    expect(await client.agents.list(pool.id)).toEqual([]);
    expect((await rejection(client.agents.get(pool.id, agent.id))).kind).toBe('not-found');
    expect((await rejection(client.agents.delete(pool.id, agent.id))).kind).toBe('not-found');
  });

  it('disables an agent and leaves it able to take one job', async () => {
    const { pool, agent } = await register('ci-1');
    const patch = { id: agent.id, name: agent.name, enabled: false };
    expect(await client.agents.patch(pool.id, patch)).toMatchObject({ enabled: false, maxParallelism: 1 });
    expect(await client.agents.get(pool.id, agent.id)).toMatchObject({ enabled: false, maxParallelism: 1 });
  });

  it('sees the job of a busy agent, and cannot delete that agent', async () => {
    const { pool, agent, job } = await registerBusy('ci-1');
    const [listed] = await client.agents.list(pool.id, { includeAssignedRequest: true });
    expect(listed?.assignedRequest?.requestId).toBe(job.requestId);

    const refusal = await rejection(client.agents.delete(pool.id, agent.id));
    expect(refusal).toMatchObject({ kind: 'busy', typeKey: 'TaskAgentJobStillRunningException', retryable: true });
    expect(emulator.agents()).toHaveLength(1);
  });

  it('lists job requests as long as they are unfinished', async () => {
    const { pool, agent, job } = await registerBusy('ci-1');
    const waiting = emulator.queueJob({ pool: pool.name, steps: [] });
    const both = await client.jobRequests.listUnfinished(pool.id);
    expect(both).toHaveLength(2);
    expect(both.find(({ requestId }) => requestId === job.requestId)?.reservedAgent?.id).toBe(agent.id);
    expect(both.find(({ requestId }) => requestId === waiting.requestId)).not.toHaveProperty('reservedAgent');
    emulator.cancelJob(waiting.requestId);
    await waiting.finished;
    const left = await client.jobRequests.listUnfinished(pool.id);
    expect(left.map(({ requestId }) => requestId)).toEqual([job.requestId]);
  });

  it('lists job requests with so many of those that ended last', async () => {
    const { pool, job } = await registerBusy('ci-1');
    const [first, last] = [
      emulator.queueJob({ pool: pool.name, steps: [] }),
      emulator.queueJob({ pool: pool.name, steps: [] }),
    ];
    for (const ended of [first, last]) {
      emulator.cancelJob(ended.requestId);
      await ended.finished;
    }
    const listed = await client.jobRequests.listWithFinished(pool.id, 1);
    expect(listed.map(({ requestId }) => requestId)).toEqual([job.requestId, last.requestId]);
    expect(listed[1]).toMatchObject({ result: 'canceled', finishTime: expect.any(String) });
  });

  it('finds the agent package of a platform, and none where there is none', async () => {
    expect(await client.packages.latest({ platform: 'linux-x64' })).toMatchObject({
      version: { major: 4, minor: 275, patch: 0 },
      hashValue: agentPackage.sha256,
    });
    expect(await client.packages.latest({ platform: 'win-x64' })).toBeUndefined();
    const { version } = (await client.packages.latest({ platform: 'linux-x64' })) ?? {};
    const named = { platform: 'linux-x64', version: `${version?.major}.${version?.minor}.${version?.patch}` };
    expect(await client.packages.get(named)).toMatchObject({ version });
    await expect(client.packages.get({ ...named, version: '0.0.1' })).rejects.toMatchObject({ kind: 'not-found' });
  });

  it('reads the connection data', async () => {
    expect((await client.connectionData()).instanceId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('has its token refused when it is another one', async () => {
    await using stranger = connectAzurePipelines({ url: emulator.url, auth: { kind: 'pat', token: 'wrong' } });
    expect((await rejection(stranger.pools.findByName('default'))).kind).toBe('credentials');
  });

  it.each([
    ['unauthorized', 'credentials'],
    ['sign-in-page', 'credentials'],
    ['redirect', 'credentials'],
    ['throttled', 'throttled'],
    ['server-error', 'unavailable'],
    ['not-found', 'not-found'],
    ['cut', 'unreachable'],
  ] as const)('takes the fault "%s" for %s', async (fault, kind) => {
    emulator.failNext({ kind: fault });
    expect((await rejection(client.pools.findByName('default'))).kind).toBe(kind);
  });
});
