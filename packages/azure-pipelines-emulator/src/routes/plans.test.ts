import { describe, expect, it } from 'vitest';
import { type JobInHand, Organisation, type ScriptedAgent } from '../../test/scripted-agent.js';

const STEPS = [{ script: 'true' }];

describe('a running job', () => {
  it('streams its console, and lines sent twice count once', async () => {
    using organisation = new Organisation();
    const { job } = await running(organisation);
    await job.feed(['one', 'two'], 1);
    await job.feed(['two', 'three'], 2);
    await job.feed(['four']);
    expect(organisation.driver.jobs()[0]?.lines).toEqual(['one', 'two', 'three', 'four']);
  });

  it('has its timeline merged by id', async () => {
    using organisation = new Organisation();
    const { job } = await running(organisation);
    const path = `/timelines/${job.job.timeline.id}/records`;
    const record = { id: 'AAAAAAAA-0000-4000-8000-000000000001', type: 'Task', name: 'build', state: 'inProgress' };
    await job.send('PATCH', path, { value: [record] });
    expect(organisation.driver.jobs()[0]?.startedAt).toBeTypeOf('number');
    const merged = await job.send('PATCH', path, { value: [{ id: record.id, result: 'failed', name: null }] });
    expect(merged.body).toMatchObject({ count: 1, value: [{ name: 'build', state: 'inProgress', result: 'failed' }] });
    expect((await job.send('GET', path)).body.value).toEqual(merged.body.value);
  });

  it('keeps logs and attachments to itself but takes them', async () => {
    using organisation = new Organisation();
    const { job } = await running(organisation);
    const log = await job.send('POST', '/logs', { path: 'logs\\1' });
    expect((await job.send('POST', `/logs/${log.body.id}`, 'a page')).status).toBe(200);
    expect((await job.send('POST', '/logs/99', 'a page')).status).toBe(404);
    const { timeline, jobId } = job.job;
    const attached = await job.send('PUT', `/timelines/${timeline.id}/records/${jobId}/attachments/a/b`, 'content');
    expect(attached.body).toMatchObject({ type: 'a', name: 'b', recordId: jobId });
  });

  it('opens no other plan with its token', async () => {
    using organisation = new Organisation();
    const [first, second] = [await running(organisation, 'a1'), await running(organisation, 'a2')];
    first.job.job.plan.planId = second.job.job.plan.planId;
    const refused = await first.job.complete();
    expect(refused).toMatchObject({ status: 403, body: { typeKey: 'TaskOrchestrationPlanSecurityException' } });
  });
});

describe('the end of a job', () => {
  it('may be told by number, and told twice', async () => {
    using organisation = new Organisation();
    const { job } = await running(organisation);
    expect((await job.complete(2)).status).toBe(200);
    expect((await job.complete('failed')).status).toBe(200);
    expect(organisation.driver.jobs()[0]?.result).toBe('failed');
    expect((await job.complete('succeeded')).body.typeKey).toBe('TaskOrchestrationPlanNotFoundException');
  });

  it('frees the agent for the next job', async () => {
    using organisation = new Organisation();
    const { agent, job } = await running(organisation);
    organisation.driver.queueJob({ name: 'next', steps: STEPS });
    await job.complete();
    expect((await agent.takeJob()).job.jobDisplayName).toBe('next');
  });

  it('is the last of its session when the agent is shutting down', async () => {
    using organisation = new Organisation();
    const { agent, job } = await running(organisation);
    const next = organisation.driver.queueJob({ steps: STEPS });
    await job.complete('succeeded', { agentShuttingDown: true });
    expect(organisation.driver.agents()).toMatchObject([{ status: 'online', assignedRequestId: undefined }]);
    await agent.closeSession();
    await agent.openSession();
    expect(organisation.driver.agents()).toMatchObject([{ assignedRequestId: next.requestId }]);
  });
});

describe('a cancelled job', () => {
  it('ends at once while it waits', async () => {
    using organisation = new Organisation();
    await organisation.agent();
    const job = organisation.driver.queueJob({ steps: STEPS });
    organisation.driver.cancelJob(job.requestId);
    expect((await job.finished).result).toBe('canceled');
  });

  it('is ended by its agent, which is told', async () => {
    using organisation = new Organisation();
    const { agent, job } = await running(organisation);
    organisation.driver.cancelJob(1);
    const message = await agent.message();
    expect(message).toMatchObject({
      type: 'JobCancellation',
      content: { jobId: job.job.jobId, timeout: '00:05:00' },
    });
    expect(organisation.driver.jobs()[0]?.result).toBeUndefined();
    await job.complete('canceled');
    expect(organisation.driver.jobs()[0]?.result).toBe('canceled');
  });

  it('between assignment and start brings its agent the job, then the cancellation', async () => {
    using organisation = new Organisation();
    const agent = await organisation.agent();
    await agent.openSession();
    organisation.driver.queueJob({ steps: STEPS });
    organisation.driver.cancelJob(1);
    organisation.driver.cancelJob(1);
    const first = await agent.message();
    const second = await agent.message(first.id);
    expect([first.type, second.type]).toEqual(['PipelineAgentJobRequest', 'JobCancellation']);
    expect((await agent.renew(1)).status).toBe(200);
    expect(organisation.emulation.world.state.agents.get(1)?.session?.messages).toHaveLength(2);
  });

  it('given back by an agent that leaves does not go to another', async () => {
    using organisation = new Organisation();
    const agent = await organisation.agent();
    await agent.openSession();
    const job = organisation.driver.queueJob({ steps: STEPS });
    organisation.driver.cancelJob(1);
    await agent.closeSession();
    expect((await job.finished).result).toBe('canceled');
  });
});

async function running(organisation: Organisation, name = 'a1'): Promise<{ agent: ScriptedAgent; job: JobInHand }> {
  const agent = await organisation.agent(name);
  await agent.openSession();
  organisation.driver.queueJob({ steps: STEPS });
  return { agent, job: await agent.takeJob() };
}
