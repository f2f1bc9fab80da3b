/** Microsoft's own client, which none of us wrote, is the judge of what the emulator answers. */
import { getPersonalAccessTokenHandler, WebApi } from 'azure-devops-node-api';
import type { TaskAgent } from 'azure-devops-node-api/interfaces/TaskAgentInterfaces.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Emulator, startEmulator } from './emulator.js';

describe.each(['onPremises', 'hosted'] as const)("Microsoft's client with a server that is %s", deployment => {
  let emulator: Emulator;
  let connection: WebApi;

  beforeAll(async () => {
    emulator = await startEmulator({ deployment, pools: ['default', 'linux agents'], parallelJobs: 5 });
    connection = new WebApi(emulator.url, getPersonalAccessTokenHandler(emulator.token));
  });
  afterAll(() => emulator.close());

  it('connects', async () => {
    const { instanceId, authenticatedUser } = await connection.connect();
    expect(instanceId).toMatch(/^[0-9a-f-]{36}$/);
    expect(authenticatedUser?.id).toBeDefined();
  });

  it('is refused with a wrong token', async () => {
    const stranger = new WebApi(emulator.url, getPersonalAccessTokenHandler('wrong'));
    await expect(stranger.connect()).rejects.toMatchObject({ statusCode: 401 });
  });

  it('finds a pool by its name', async () => {
    const api = await connection.getTaskAgentApi();
    const pools = await api.getAgentPools('linux agents');
    expect(pools).toMatchObject([{ id: 2, name: 'linux agents', isHosted: false, poolType: 1 }]);
    expect(pools[0]?.createdOn).toBeInstanceOf(Date);
    expect(await api.getAgentPools('nobody')).toEqual([]);
    expect(await api.hasPoolPermissions(2, 2)).toBe(true);
  });

  it('adds, finds, disables, replaces and deletes an agent', async () => {
    const api = await connection.getTaskAgentApi();
    const added = await api.addAgent({ ...agentNamed('a1'), systemCapabilities: { docker: '' } }, 1);
    const id = added.id ?? 0;
    expect(added).toMatchObject({ name: 'a1', status: 1, enabled: true });
    expect(await api.getAgents(1, 'a1', true)).toMatchObject([{ id, systemCapabilities: { docker: '' } }]);
    await api.updateAgent({ id, enabled: false, maxParallelism: 1 }, 1, id);
    expect(await api.getAgent(1, id)).toMatchObject({ enabled: false, maxParallelism: 1 });
    await api.replaceAgent({ ...agentNamed('a2'), id }, 1, id);
    await api.updateAgentUserCapabilities({ gpu: 'two' }, 1, id);
    expect(await api.getAgent(1, id, true)).toMatchObject({ name: 'a2', userCapabilities: { gpu: 'two' } });
    await api.deleteAgent(1, id);
    // This client gives null for what is not found.
    expect(await api.getAgent(1, id)).toBeNull();
  });

  it('is told which exception refused it', async () => {
    const api = await connection.getTaskAgentApi();
    await api.addAgent(agentNamed('twin'), 1);
    const refusal: unknown = await api.addAgent(agentNamed('twin'), 1).catch((error: unknown) => error);
    expect(refusal).toHaveProperty('statusCode', 409);
    expect(refusal).toHaveProperty('message', 'Pool 1 already contains an agent with name twin.');
    expect(refusal).toHaveProperty('result.typeKey', 'TaskAgentExistsException');
  });

  it('looks at queues and requests', async () => {
    const api = await connection.getTaskAgentApi();
    await api.addAgent({ ...agentNamed('placeholder'), systemCapabilities: { 'Agent.Version': '99.999.9' } }, 2);
    const { requestId } = emulator.queueJob({ name: 'waits', pool: 'linux agents', steps: [{ script: 'true' }] });
    const [queue] = await api.getAgentQueues('project', 'linux agents');
    expect(queue).toMatchObject({ name: 'linux agents', pool: { id: 2 } });
    const queued = await api.getAgentRequestsForQueue('project', queue?.id ?? 0, 10);
    expect(queued).toMatchObject([{ requestId, jobName: 'waits', matchesAllAgentsInPool: true }]);
    expect(queued[0]?.queueTime).toBeInstanceOf(Date);
    expect(await api.getAgentRequests(2, 10)).toMatchObject([{ requestId }]);
    expect(await api.getAgentRequestsForAgents(2, [1, 2], 0)).toEqual([]);
    expect(await api.getAgentRequest(2, requestId, true)).toMatchObject({
      statusMessage: 'Waiting for an available agent',
    });
  });

  it('reads how many jobs may run at once', async () => {
    const api = await connection.getTaskAgentApi();
    expect(await api.getResourceUsage('Private', false, true)).toMatchObject({
      usedCount: 0,
      resourceLimit: { totalCount: 5, isHosted: false, parallelismTag: 'Private' },
    });
  });

  it('finds no package where none is served', async () => {
    const api = await connection.getTaskAgentApi();
    expect(await api.getPackages('agent', 'linux-x64', 1)).toEqual([]);
  });
});

function agentNamed(name: string): TaskAgent {
  return { name, version: '4.275.0', oSDescription: 'Linux', maxParallelism: 1 };
}
