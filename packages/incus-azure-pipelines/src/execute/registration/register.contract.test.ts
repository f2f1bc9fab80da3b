import { connectAzurePipelines } from 'azure-pipelines-client';
import { expect, it } from 'vitest';
import { EmulatedPool, KEY } from '../../../test/emulated-pool.js';
import { UserError } from '../../lib/user-error.js';
import { registerAgent } from './register.js';
import { runnableAgent } from './runnable-agent.js';
import { agentToken } from './token.js';
import { withdraw } from './withdraw.js';

const { signal } = new AbortController();
const agent = runnableAgent('ci-1', '4.275.0', 'x86_64');

/** Brings a registered agent online, as its listener would. */
async function goOnline(pool: EmulatedPool, identity: Awaited<ReturnType<typeof registerAgent>>): Promise<void> {
  const token = (await agentToken(identity, Date.now(), signal)).reveal();
  const auth = { kind: 'bearer', token: () => Promise.resolve(token) } as const;
  await using asAgent = connectAzurePipelines({ url: identity.serverUrl, auth });
  const { agentId: id, agentName: name } = identity;
  await asAgent.sessions.open(pool.target.poolId, { ownerName: 'guest', agent: { id, name, version: '4.275.0' } });
}

it('registers an agent that can sign in with its key, in one call', async () => {
  await using pool = await EmulatedPool.start();
  const before = pool.emulator.calls().length;
  const identity = await registerAgent(pool.target, agent, KEY, signal);
  expect(pool.emulator.calls().slice(before)).toMatchObject([{ method: 'POST', status: 200 }]);
  expect(pool.emulator.agents()).toMatchObject([
    { id: identity.agentId, name: 'ci-1', version: '4.275.0', enabled: true, maxParallelism: 1, hasPublicKey: true },
  ]);
  expect((await agentToken(identity, Date.now(), signal)).reveal()).not.toBe('');
});

it('offers what demands are held against until the agent says more', async () => {
  await using pool = await EmulatedPool.start();
  await registerAgent(pool.target, agent, KEY, signal);
  const [listed] = await pool.client.agents.list(pool.target.poolId, { includeCapabilities: true });
  expect(listed?.systemCapabilities).toEqual({
    'Agent.Name': 'ci-1',
    'Agent.Version': '4.275.0',
    'Agent.OS': 'Linux',
    'Agent.OSArchitecture': 'X64',
    'Agent.ComputerName': 'ci-1',
    'Agent.HomeDirectory': '/home/agent',
    InteractiveSession: 'False',
  });
});

it('reaches a server on premises by the configured address, whatever it calls itself', async () => {
  await using pool = await EmulatedPool.start({ publicUrl: 'http://tfs.corp:8080/emulated' });
  const identity = await registerAgent(pool.target, agent, KEY, signal);
  expect(identity).toMatchObject({
    serverUrl: `${pool.emulator.url}/`,
    authorizationUrl: expect.stringContaining('http://tfs.corp:8080/'),
    tokenEndpoint: expect.stringContaining(new URL(pool.emulator.url).origin),
  });
  expect((await agentToken(identity, Date.now(), signal)).reveal()).not.toBe('');
});

it('takes a hosted server at its word', async () => {
  await using pool = await EmulatedPool.start({ deployment: 'hosted', publicUrl: 'http://elsewhere.test/emulated' });
  const { tokenEndpoint, authorizationUrl } = await registerAgent(pool.target, agent, KEY, signal);
  expect(tokenEndpoint).toBe(authorizationUrl);
});

it('replaces what an attempt without an answer has left', async () => {
  await using pool = await EmulatedPool.start();
  pool.emulator.failNext({ kind: 'cut', method: 'POST', path: /agents/, applied: true });
  await expect(registerAgent(pool.target, agent, KEY, signal)).rejects.toThrow('register the agent "ci-1"');
  const [left] = pool.emulator.agents();
  const identity = await registerAgent(pool.target, agent, KEY, signal);
  expect(pool.emulator.agents().map(({ id }) => id)).toEqual([identity.agentId]);
  expect(pool.emulator.deletedAgents().map(({ id }) => id)).toEqual([left?.id]);
});

it('leaves an agent of that name alone which is online', async () => {
  await using pool = await EmulatedPool.start();
  const first = await registerAgent(pool.target, agent, KEY, signal);
  await goOnline(pool, first);
  await expect(registerAgent(pool.target, agent, KEY, signal)).rejects.toMatchObject({ kind: 'conflict' });
  expect(pool.emulator.agents()).toMatchObject([{ id: first.agentId, status: 'online' }]);
});

it('refuses a server that gives agents no identity, in one sentence, and leaves nothing behind', async () => {
  await using pool = await EmulatedPool.start({ omitAuthorization: true });
  const refused = registerAgent(pool.target, agent, KEY, signal);
  await expect(refused).rejects.toThrow(
    /^register an agent at \S+: the server answered without "authorization", [^\n]+$/,
  );
  await expect(refused).rejects.toBeInstanceOf(UserError);
  expect(pool.emulator.agents()).toEqual([]);
});

it('takes a registration back whose agent never started', async () => {
  await using pool = await EmulatedPool.start();
  const identity = await registerAgent(pool.target, agent, KEY, signal);
  expect(await withdraw(pool.target, identity, signal)).toBe(true);
  expect(pool.emulator.agents()).toEqual([]);
  expect(await withdraw(pool.target, identity, signal)).toBe(true);
});

it('leaves a registration whose agent works after all, with its job', async () => {
  await using pool = await EmulatedPool.start();
  const identity = await registerAgent(pool.target, agent, KEY, signal);
  pool.emulator.queueJob({ steps: [] });
  await goOnline(pool, identity);
  expect(await withdraw(pool.target, identity, signal)).toBe(false);
  expect(pool.emulator.agents()).toMatchObject([{ enabled: true, assignedRequestId: expect.any(Number) }]);
});
