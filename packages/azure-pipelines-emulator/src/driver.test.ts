import { describe, expect, it } from 'vitest';
import { Organisation } from '../test/scripted-agent.js';

const STEPS = [{ script: 'true' }];

describe('an emulator', () => {
  it('is settled once its last job has ended and its messages were fetched', async () => {
    using organisation = new Organisation();
    const agent = await organisation.agent();
    await organisation.driver.settled();
    await agent.openSession();
    organisation.driver.queueJob({ steps: STEPS });
    let settled = false;
    const rest = organisation.driver.settled().then(() => {
      settled = true;
    });
    const job = await agent.takeJob();
    expect(settled).toBe(false);
    await job.complete();
    await rest;
    expect(settled).toBe(true);
  });

  it('is settled while a job waits for an agent that is not there', async () => {
    using organisation = new Organisation();
    await organisation.agent();
    organisation.driver.queueJob({ steps: STEPS });
    await expect(organisation.driver.settled()).resolves.toBeUndefined();
  });

  it('tells those who wait for a job that it closes', async () => {
    const organisation = new Organisation();
    await organisation.agent();
    const job = organisation.driver.queueJob({ steps: STEPS });
    organisation[Symbol.dispose]();
    await expect(job.finished).rejects.toThrow('it was closed');
  });

  it('stops calling a listener that has left', async () => {
    using organisation = new Organisation();
    const kinds: string[] = [];
    const leave = organisation.driver.on(event => kinds.push(event.kind));
    await organisation.agent('a1');
    leave();
    await organisation.agent('a2');
    expect(kinds).toEqual(['agent-registered']);
  });

  it('shows a job that was recorded for an agent without a session as done by it', async () => {
    using organisation = new Organisation();
    await organisation.agent('a1');
    organisation.driver.recordJob('a1');
    expect(organisation.driver.jobs()).toMatchObject([{ agentName: 'a1', result: 'succeeded' }]);
    expect(organisation.driver.agents()).toMatchObject([{ name: 'a1', assignedRequestId: undefined }]);
    expect(() => organisation.driver.recordJob('nobody')).toThrow('no agent "nobody"');
  });

  it('counts its calls by route and caller', async () => {
    using organisation = new Organisation();
    const agent = await organisation.agent();
    await agent.openSession();
    expect(organisation.driver.calls()).toMatchObject([
      { method: 'POST', route: '/_apis/distributedtask/pools/{poolId}/agents', status: 200, caller: 'organisation' },
      { method: 'POST', route: '/_apis/oauth2/token', status: 200, caller: 'anonymous' },
      { method: 'POST', route: '/_apis/distributedtask/pools/{poolId}/sessions', status: 200, caller: 'agent' },
    ]);
  });
});
