import { describe, expect, it } from 'vitest';
import { Organisation, POOL, registration } from '../../test/scripted-agent.js';

describe('a registration', () => {
  it('is told how its agent signs in and where the server is, once', async () => {
    using organisation = new Organisation({ publicUrl: 'http://10.1.2.1:80/emulated' });
    const { body } = await organisation.admin('POST', `${POOL}/agents`, registration('a1'));
    expect(body).toMatchObject({
      id: 1,
      name: 'a1',
      status: 'offline',
      maxParallelism: 1,
      authorization: { authorizationUrl: 'http://10.1.2.1:80/emulated/_apis/oauth2/token' },
      properties: { ServerUrl: { $type: 'System.String', $value: 'http://10.1.2.1:80/emulated/' } },
    });
    const shown = await organisation.admin('GET', `${POOL}/agents/1?includeCapabilities=true`);
    expect(shown.body.authorization).toBeUndefined();
    expect(shown.body.properties).toEqual({});
  });

  it('without a key gets no authorization', async () => {
    using organisation = new Organisation();
    const { body } = await organisation.admin('POST', `${POOL}/agents`, { name: 'placeholder', version: '99.999.9' });
    expect(body.authorization).toBeUndefined();
    expect(organisation.driver.agents()).toMatchObject([{ name: 'placeholder', hasPublicKey: false }]);
  });

  it('is not told how to sign in by a server that omits it', async () => {
    using organisation = new Organisation({ omitAuthorization: true });
    const { status, body } = await organisation.admin('POST', `${POOL}/agents`, registration('a1'));
    expect(status).toBe(200);
    expect(body.authorization).toBeUndefined();
  });

  it('with a key is refused by a server that takes none', async () => {
    using organisation = new Organisation({ refuseKeys: true });
    expect((await organisation.admin('POST', `${POOL}/agents`, registration('a1'))).status).toBe(400);
    expect((await organisation.admin('POST', `${POOL}/agents`, { name: 'a1' })).status).toBe(200);
  });

  it('of a name that is taken, in any case, is refused', async () => {
    using organisation = new Organisation();
    await organisation.admin('POST', `${POOL}/agents`, registration('a1'));
    const { status, headers, body } = await organisation.admin('POST', `${POOL}/agents`, registration('A1'));
    expect(status).toBe(409);
    expect(body).toMatchObject({
      typeKey: 'TaskAgentExistsException',
      typeName:
        'Microsoft.TeamFoundation.DistributedTask.WebApi.TaskAgentExistsException, Microsoft.TeamFoundation.DistributedTask.WebApi',
      message: 'Pool 1 already contains an agent with name A1.',
    });
    expect(decodeURIComponent(headers.get('X-TFS-ServiceError') ?? '')).toBe(body.message);
  });

  it('changed without maxParallelism is given no job until it is changed with it', async () => {
    using organisation = new Organisation();
    const agent = await organisation.agent();
    await agent.openSession();
    await organisation.admin('PATCH', `${POOL}/agents/1`, { id: 1, enabled: true });
    const { requestId } = organisation.driver.queueJob({ steps: [{ script: 'true' }] });
    expect(organisation.driver.agents()).toMatchObject([{ maxParallelism: 0, assignedRequestId: undefined }]);
    await organisation.admin('PATCH', `${POOL}/agents/1`, { id: 1, maxParallelism: 1 });
    expect(organisation.driver.agents()).toMatchObject([{ enabled: true, assignedRequestId: requestId }]);
  });

  it('that is disabled is given no job and finishes the one it has', async () => {
    using organisation = new Organisation();
    const agent = await organisation.agent();
    await agent.openSession();
    const first = organisation.driver.queueJob({ steps: [{ script: 'true' }] });
    await organisation.admin('PATCH', `${POOL}/agents/1`, { id: 1, enabled: false, maxParallelism: 1 });
    const second = organisation.driver.queueJob({ steps: [{ script: 'true' }] });
    const job = await agent.takeJob();
    await job.complete();
    expect((await first.finished).result).toBe('succeeded');
    expect(organisation.driver.jobs().find(({ requestId }) => requestId === second.requestId)?.agentId).toBeUndefined();
  });

  it.each([400, 409] as const)('of a busy agent is not deleted, and %i says so', async busyDeleteStatus => {
    using organisation = new Organisation({ busyDeleteStatus });
    const agent = await organisation.agent();
    await agent.openSession();
    organisation.driver.queueJob({ steps: [{ script: 'true' }] });
    const refused = await organisation.admin('DELETE', `${POOL}/agents/1`);
    expect(refused).toMatchObject({ status: busyDeleteStatus, body: { typeKey: 'TaskAgentJobStillRunningException' } });
    await (await agent.takeJob()).complete();
    expect((await organisation.admin('DELETE', `${POOL}/agents/1`)).status).toBe(204);
  });

  it('that is deleted ends its session and is not found by its next poll', async () => {
    using organisation = new Organisation();
    const agent = await organisation.agent();
    await agent.openSession();
    const open = agent.poll();
    await organisation.admin('DELETE', `${POOL}/agents/1`);
    expect(await open).toMatchObject({ status: 404, body: { typeKey: 'TaskAgentNotFoundException' } });
    expect(await agent.poll()).toMatchObject({ status: 404, body: { typeKey: 'TaskAgentNotFoundException' } });
    expect((await agent.exchange()).status).toBe(400);
    expect(await organisation.admin('DELETE', `${POOL}/agents/1`)).toMatchObject({ status: 404 });
    expect(organisation.driver.deletedAgents()).toMatchObject([{ name: 'a1' }]);
  });

  it('shows capabilities, assigned and last completed request only when asked', async () => {
    using organisation = new Organisation();
    const agent = await organisation.agent();
    await agent.openSession();
    organisation.driver.queueJob({ steps: [{ script: 'true' }] });
    const plain = (await organisation.admin('GET', `${POOL}/agents?agentName=A1`)).body.value[0];
    expect(plain).not.toHaveProperty('systemCapabilities');
    expect(plain).not.toHaveProperty('assignedRequest');
    const flags = 'includeCapabilities=true&includeAssignedRequest=true&includeLastCompletedRequest=true';
    const busy = (await organisation.admin('GET', `${POOL}/agents?${flags}`)).body.value[0];
    expect(busy).toMatchObject({ systemCapabilities: { 'Agent.OS': 'Linux' }, assignedRequest: { requestId: 1 } });
    expect(busy).not.toHaveProperty('lastCompletedRequest');
  });

  it('is found by name and by demands only', async () => {
    using organisation = new Organisation();
    await organisation.admin('POST', `${POOL}/agents`, registration('a1'));
    await organisation.admin('PUT', `${POOL}/agents/1/usercapabilities`, { gpu: 'two' });
    const count = async (query: string) => (await organisation.admin('GET', `${POOL}/agents?${query}`)).body.count;
    expect(await count('agentName=nobody')).toBe(0);
    expect(await count('demands=gpu,Agent.OS%20-equals%20linux')).toBe(1);
    expect(await count('demands=tpu')).toBe(0);
  });
});
