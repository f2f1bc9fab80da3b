import { describe, expect, it } from 'vitest';
import { type Answer, Organisation, POOL, registration } from '../../test/scripted-agent.js';
import { manualClock } from '../clock.js';

const STEPS = [{ script: 'true' }];

describe('the queue', () => {
  it('without finished requests holds those that wait and those that run', async () => {
    using organisation = new Organisation();
    const agent = await organisation.agent();
    await agent.openSession();
    const [done, running, waiting] = [1, 2, 3].map(() => organisation.driver.queueJob({ steps: STEPS }).requestId);
    await (await agent.takeJob()).complete();
    const { body } = await organisation.admin('GET', `${POOL}/jobrequests?completedRequestCount=0`);
    expect(body.value.map((request: Answer) => request.requestId)).toEqual([waiting, running]);
    expect(body.value[0]).not.toHaveProperty('reservedAgent');
    expect(body.value[1]).toMatchObject({ reservedAgent: { id: 1, name: 'a1' }, jobName: 'Job' });
    expect(body.value[1]).not.toHaveProperty('receiveTime');
    const all = await organisation.admin('GET', `${POOL}/jobrequests`);
    expect(all.body.value.map((request: Answer) => request.requestId)).toEqual([waiting, running, done]);
  });

  it('by $top holds the newest, without the agents that match', async () => {
    using organisation = new Organisation();
    await organisation.admin('POST', `${POOL}/agents`, registration('a1'));
    organisation.driver.queueJob({ steps: STEPS });
    organisation.driver.queueJob({ steps: STEPS });
    const { body } = await organisation.admin('GET', `${POOL}/jobrequests?$top=1`);
    expect(body).toMatchObject({ count: 1, value: [{ requestId: 2 }] });
    expect(body.value[0]).not.toHaveProperty('matchedAgents');
  });

  it('lists the agents that match, or says that all do', async () => {
    using organisation = new Organisation();
    await organisation.admin('POST', `${POOL}/agents`, registration('a1'));
    await organisation.admin('POST', `${POOL}/agents`, registration('a2', { userCapabilities: { gpu: '' } }));
    organisation.driver.queueJob({ steps: STEPS, demands: ['gpu'] });
    organisation.driver.queueJob({ steps: STEPS });
    const [any, gpu] = (await organisation.admin('GET', `${POOL}/jobrequests?completedRequestCount=0`)).body.value;
    expect(gpu).toMatchObject({ matchedAgents: [{ name: 'a2', status: 'offline' }], matchesAllAgentsInPool: false });
    expect(gpu.demands).toContain('gpu');
    expect(any.matchesAllAgentsInPool).toBe(true);
    expect(any).not.toHaveProperty('matchedAgents');
  });

  it('tells of one agent, of one plan and of one request', async () => {
    using organisation = new Organisation();
    const agent = await organisation.agent();
    await agent.openSession();
    organisation.driver.queueJob({ steps: STEPS });
    organisation.driver.queueJob({ steps: STEPS });
    const ids = async (query: string) =>
      (await organisation.admin('GET', `${POOL}/jobrequests?${query}`)).body.value.map((one: Answer) => one.requestId);
    expect(await ids('agentId=1&completedRequestCount=0')).toEqual([1]);
    expect(await ids('agentIds=7,8&completedRequestCount=0')).toEqual([]);
    const { body } = await organisation.admin('GET', `${POOL}/jobrequests/2?includeStatus=true`);
    expect(body.statusMessage).toBe('Waiting for an available agent');
    expect(await ids(`planId=${body.planId}`)).toEqual([2]);
    expect((await organisation.admin('GET', `${POOL}/jobrequests/3`)).body.typeKey).toBe(
      'TaskAgentJobNotFoundException',
    );
  });
});

describe('a job that no registration could run', () => {
  it('fails at once and says why', async () => {
    using organisation = new Organisation();
    await organisation.admin('POST', `${POOL}/agents`, registration('a1'));
    const job = await organisation.driver.queueJob({ steps: STEPS, demands: ['gpu'] }).finished;
    expect(job).toMatchObject({
      result: 'failed',
      message:
        'No agent found in pool default which satisfies the following demand: gpu. ' +
        'All demands: gpu, Agent.Version -gtVersion 2.163.1',
    });
  });

  it('waits as soon as an offline one could', async () => {
    using organisation = new Organisation();
    await organisation.admin('POST', `${POOL}/agents`, registration('placeholder'));
    organisation.driver.queueJob({ steps: STEPS });
    expect(organisation.driver.jobs()).toMatchObject([{ result: undefined, agentId: undefined }]);
  });
});

describe('a lock', () => {
  it('is renewed by its agent only, for five minutes each time', async () => {
    const clock = manualClock();
    using organisation = new Organisation({ clock });
    const [owner, other] = [await organisation.agent('a1'), await organisation.agent('a2')];
    await owner.openSession();
    organisation.driver.queueJob({ steps: STEPS });
    await clock.advance(60_000);
    const { body } = await owner.renew(1);
    expect(Date.parse(body.lockedUntil)).toBe(clock.now() + 300_000);
    expect(Date.parse(body.receiveTime)).toBe(clock.now());
    await clock.advance(60_000);
    expect(Date.parse((await owner.renew(1)).body.receiveTime)).toBe(clock.now() - 60_000);
    expect((await other.renew(1)).status).toBe(403);
    expect((await owner.renew(2)).body.typeKey).toBe('TaskAgentJobNotFoundException');
  });

  it('on a job that has ended is not renewed', async () => {
    using organisation = new Organisation();
    const agent = await organisation.agent();
    await agent.openSession();
    organisation.driver.queueJob({ steps: STEPS });
    await (await agent.takeJob()).complete();
    expect(await agent.renew(1)).toMatchObject({ status: 404, body: { typeKey: 'TaskAgentJobNotFoundException' } });
  });

  it('ends with the job when its agent sends a result, as older plans do', async () => {
    using organisation = new Organisation();
    const agent = await organisation.agent();
    await agent.openSession();
    const job = organisation.driver.queueJob({ steps: STEPS });
    const ended = { requestId: 1, finishTime: '2026-01-02T03:04:05Z', result: 'succeededWithIssues' };
    expect((await agent.send('PATCH', `${POOL}/jobrequests/1`, ended)).status).toBe(200);
    expect((await job.finished).result).toBe('succeededWithIssues');
  });
});
