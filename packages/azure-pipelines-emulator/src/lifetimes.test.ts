import { describe, expect, it } from 'vitest';
import { Organisation, POOL } from '../test/scripted-agent.js';
import { manualClock } from './clock.js';

const STEPS = [{ script: 'true' }];
const MINUTE_MS = 60_000;

describe('a session', () => {
  it('ends five minutes after its last poll, and its agent is offline', async () => {
    const clock = manualClock();
    using organisation = new Organisation({ clock, pollHoldMs: 0 });
    const agent = await organisation.agent();
    await agent.openSession();
    await clock.advance(4 * MINUTE_MS);
    const poll = agent.poll();
    await clock.advance(0);
    await poll;
    await clock.advance(5 * MINUTE_MS - 1);
    expect(organisation.driver.agents()).toMatchObject([{ status: 'online' }]);
    await clock.advance(1);
    expect(organisation.driver.agents()).toMatchObject([{ status: 'offline', offlineAt: clock.now() }]);
    expect((await agent.poll()).body.typeKey).toBe('TaskAgentSessionExpiredException');
  });

  it('does not end while a poll is open', async () => {
    const clock = manualClock();
    using organisation = new Organisation({ clock, pollHoldMs: 60 * MINUTE_MS });
    const agent = await organisation.agent();
    await agent.openSession();
    const poll = agent.poll();
    await clock.advance(10 * MINUTE_MS);
    expect(organisation.driver.agents()).toMatchObject([{ status: 'online' }]);
    await agent.closeSession();
    expect((await poll).status).toBe(404);
  });

  it('closed with a job that was never taken lets it wait for another agent', async () => {
    using organisation = new Organisation();
    const [first, second] = [await organisation.agent('a1'), await organisation.agent('a2')];
    await first.openSession();
    organisation.driver.queueJob({ steps: STEPS });
    await first.closeSession();
    expect(organisation.driver.jobs()).toMatchObject([{ agentName: undefined, result: undefined }]);
    await second.openSession();
    expect(organisation.driver.jobs()).toMatchObject([{ agentName: 'a2' }]);
  });
});

describe('a job', () => {
  it('is abandoned when its lock is not renewed, and its agent is free', async () => {
    const clock = manualClock();
    using organisation = new Organisation({ clock });
    const agent = await organisation.agent();
    await agent.openSession();
    const job = organisation.driver.queueJob({ steps: STEPS });
    const inHand = await agent.takeJob();
    await clock.advance(4 * MINUTE_MS);
    await agent.renew(1);
    await clock.advance(5 * MINUTE_MS - 1);
    expect(organisation.driver.jobs()[0]?.result).toBeUndefined();
    await clock.advance(1);
    expect(await job.finished).toMatchObject({ result: 'abandoned', agentName: 'a1' });
    expect(organisation.driver.agents()).toMatchObject([{ assignedRequestId: undefined }]);
    expect((await inHand.complete()).body.typeKey).toBe('TaskOrchestrationPlanNotFoundException');
    expect((await organisation.admin('DELETE', `${POOL}/agents/1`)).status).toBe(204);
  });

  it('that runs too long is cancelled, and ended by the server when its agent does not end it', async () => {
    const clock = manualClock();
    using organisation = new Organisation({ clock, lockMs: 60 * MINUTE_MS });
    const agent = await organisation.agent();
    await agent.openSession();
    const job = organisation.driver.queueJob({ steps: STEPS, timeoutInMinutes: 2 });
    await agent.takeJob();
    await clock.advance(2 * MINUTE_MS);
    expect(await agent.message()).toMatchObject({ type: 'JobCancellation' });
    expect(organisation.driver.jobs()[0]?.result).toBeUndefined();
    await clock.advance(6 * MINUTE_MS);
    expect(await job.finished).toMatchObject({
      result: 'canceled',
      message: 'The job running on agent a1 ran longer than 2 minutes.',
    });
  });

  it('that was cancelled and whose agent is gone ends as cancelled', async () => {
    const clock = manualClock();
    using organisation = new Organisation({ clock });
    const agent = await organisation.agent();
    await agent.openSession();
    const job = organisation.driver.queueJob({ steps: STEPS });
    await agent.takeJob();
    organisation.driver.cancelJob(1);
    await clock.advance(5 * MINUTE_MS);
    expect((await job.finished).result).toBe('canceled');
  });
});
