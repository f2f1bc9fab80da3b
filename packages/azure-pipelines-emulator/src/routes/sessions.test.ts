import { describe, expect, it } from 'vitest';
import { Organisation, POOL, registration, ScriptedAgent } from '../../test/scripted-agent.js';
import { manualClock } from '../clock.js';

describe('a session', () => {
  it('shows its agent online with the capabilities that it brings', async () => {
    using organisation = new Organisation();
    const agent = await organisation.agent();
    await agent.openSession({ 'Agent.Version': '4.276.0', docker: '' });
    const { body } = await organisation.admin('GET', `${POOL}/agents/1?includeCapabilities=true`);
    expect(body).toMatchObject({ status: 'online', systemCapabilities: { 'Agent.Version': '4.276.0', docker: '' } });
    expect(body.systemCapabilities).not.toHaveProperty('Agent.OS');
  });

  it('conflicts with another one that lives, and names its owner', async () => {
    using organisation = new Organisation();
    const agent = await organisation.agent();
    await agent.openSession();
    const refused = await agent.openSession();
    expect(refused).toMatchObject({ status: 409, body: { typeKey: 'TaskAgentSessionConflictException' } });
    expect(refused.body.message).toContain('host');
    await agent.closeSession();
    expect((await agent.openSession()).status).toBe(200);
  });

  it('is refused to an agent that would listen for another', async () => {
    using organisation = new Organisation();
    const [first, second] = [await organisation.agent('a1'), await organisation.agent('a2')];
    const impostor = new ScriptedAgent(organisation, second.id, 'a2', first.authorization);
    impostor.token = first.token;
    expect((await impostor.openSession()).status).toBe(403);
  });

  it('of an unknown agent or pool is not found', async () => {
    using organisation = new Organisation();
    const agent = await organisation.agent();
    const body = { agent: { id: 99 } };
    const unknown = await agent.send('POST', `${POOL}/sessions`, body);
    expect(unknown).toMatchObject({ status: 404, body: { typeKey: 'TaskAgentNotFoundException' } });
    const elsewhere = await agent.send('POST', '/_apis/distributedtask/pools/9/sessions', body);
    expect(elsewhere).toMatchObject({ status: 404, body: { typeKey: 'TaskAgentPoolNotFoundException' } });
  });

  it('that has ended is expired for its polls', async () => {
    using organisation = new Organisation();
    const agent = await organisation.agent();
    await agent.openSession();
    await agent.closeSession();
    expect(await agent.poll()).toMatchObject({ status: 404, body: { typeKey: 'TaskAgentSessionExpiredException' } });
  });

  it('has no key and open messages when encryption is off', async () => {
    using organisation = new Organisation({ encryptMessages: false });
    const agent = await organisation.agent();
    expect((await agent.openSession()).body.encryptionKey).toBeUndefined();
    organisation.driver.queueJob({ name: 'plain', steps: [{ script: 'true' }] });
    const { body } = await agent.poll();
    expect(body).not.toHaveProperty('iv');
    expect(JSON.parse(body.body)).toMatchObject({ jobDisplayName: 'plain' });
  });
});

describe('a message', () => {
  it('is handed out until it is deleted, and not after the last one known', async () => {
    using organisation = new Organisation({ pollHoldMs: 0 });
    const agent = await organisation.agent();
    await agent.openSession();
    organisation.driver.queueJob({ steps: [{ script: 'true' }] });
    const [first, again] = [await agent.poll(), await agent.poll()];
    expect(first.body.messageId).toBe(again.body.messageId);
    expect(first.body.iv).not.toBe(again.body.iv);
    expect((await agent.poll(first.body.messageId)).status).toBe(202);
    expect((await agent.deleteMessage(first.body.messageId)).status).toBe(204);
    expect(await agent.poll()).toMatchObject({ status: 202, body: '' });
    expect((await agent.deleteMessage(first.body.messageId)).status).toBe(204);
  });

  it('wakes every poll that waits', async () => {
    using organisation = new Organisation();
    const agent = await organisation.agent();
    await agent.openSession();
    const polls = [agent.poll(), agent.poll(0)];
    organisation.driver.queueJob({ steps: [{ script: 'true' }] });
    const answers = await Promise.all(polls);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  });

  it('that does not come leaves the poll empty after the hold time', async () => {
    const clock = manualClock();
    using organisation = new Organisation({ clock });
    const agent = await organisation.agent();
    await agent.openSession();
    const poll = agent.poll();
    await clock.advance(50_000);
    expect((await poll).status).toBe(202);
  });

  it('asks agents to update themselves to the served version', async () => {
    const agentPackage = { path: '/nowhere', version: '4.276.1', sha256: '00' };
    using organisation = new Organisation({ agentPackage });
    const [first, second] = [await organisation.agent('a1'), await organisation.agent('a2')];
    await first.openSession();
    await second.openSession();
    expect((await organisation.admin('POST', `${POOL}/messages?agentId=2`)).status).toBe(200);
    expect(await second.message()).toMatchObject({
      type: 'AgentRefresh',
      content: { agentId: 2, targetVersion: '4.276.1' },
    });
    expect(organisation.emulation.world.state.agents.get(1)?.session?.messages).toEqual([]);
  });
});

describe('a poll', () => {
  it('ends when the emulator is disposed', async () => {
    const organisation = new Organisation();
    const agent = await organisation.agent();
    await agent.openSession();
    const poll = agent.poll();
    organisation[Symbol.dispose]();
    expect((await poll).status).toBe(202);
  });

  it('needs the token of an agent', async () => {
    using organisation = new Organisation();
    await organisation.admin('POST', `${POOL}/agents`, registration('a1'));
    expect((await organisation.admin('GET', `${POOL}/messages?sessionId=1`)).status).toBe(403);
  });
});
