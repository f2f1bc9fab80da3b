import { describe, expect, it } from 'vitest';
import { Organisation, POOL } from '../test/scripted-agent.js';

describe('the life of a job', () => {
  it.each([
    ['hosted', 'Hosted'],
    ['onPremises', 'OnPremises'],
  ] as const)('tells the agent of a server that is %s whether to go by its URLs', async (deployment, value) => {
    using organisation = new Organisation({ deployment });
    const agent = await organisation.agent();
    await agent.openSession();
    organisation.driver.queueJob({ steps: [{ script: 'true' }] });
    const { content } = await agent.message();
    expect(content).toMatchObject({ variables: { 'system.servertype': { value } } });
  });

  it('goes from the queue through one agent to its result', async () => {
    using organisation = new Organisation();
    const kinds: string[] = [];
    organisation.driver.on(event => kinds.push(event.kind));
    const agent = await organisation.agent();
    expect((await agent.openSession()).status).toBe(200);

    const queued = organisation.driver.queueJob({ name: 'hello', steps: [{ name: 'greet', script: 'echo hi' }] });
    const message = await agent.message();
    expect(message).toMatchObject({
      type: 'PipelineAgentJobRequest',
      content: { requestId: queued.requestId, jobDisplayName: 'hello', steps: [{ inputs: { script: 'echo hi' } }] },
    });
    expect(organisation.driver.jobs()[0]).toMatchObject({ agentName: 'a1', receivedAt: undefined });

    const job = await agent.takeJob();
    expect(organisation.driver.jobs()[0]?.receivedAt).toBeTypeOf('number');
    await job.feed(['one', 'two'], 1);
    const { id: timelineId } = job.job.timeline;
    await job.send('PATCH', `/timelines/${timelineId}/records`, {
      count: 1,
      value: [
        {
          id: 'aaaaaaaa-0000-4000-8000-000000000001',
          type: 'Task',
          name: 'greet',
          state: 'completed',
          result: 'succeeded',
          startTime: '2026-01-02T03:04:05.1234567Z',
          finishTime: '2026-01-02T03:04:06Z',
        },
      ],
    });
    await job.complete('succeeded', { agentShuttingDown: true });

    const record = await queued.finished;
    expect(record).toMatchObject({
      result: 'succeeded',
      agentName: 'a1',
      lines: ['one', 'two'],
      steps: [{ name: 'greet', result: 'succeeded', startedAt: Date.UTC(2026, 0, 2, 3, 4, 5, 123) }],
    });
    await organisation.driver.settled();
    expect((await agent.closeSession()).status).toBe(204);
    const shown = await organisation.admin('GET', `${POOL}/agents/${agent.id}?includeLastCompletedRequest=true`);
    expect(shown.body).toMatchObject({ status: 'offline', lastCompletedRequest: { result: 'succeeded' } });
    expect(kinds).toEqual([
      'agent-registered',
      'agent-online',
      'job-queued',
      'job-assigned',
      'job-received',
      'job-line',
      'job-line',
      'job-finished',
      'agent-offline',
    ]);
  });
});
