import { afterEach, expect, it } from 'vitest';
import type { EmulatorOptions } from '../../../../azure-pipelines-emulator/src/index.js';
import { EmulatedPool } from '../../../test/emulated-pool.js';
import { agentName, birthOf } from '../../model/agent-name.js';
import { probe } from './probe.js';
import type { RegistrationTarget } from './register.js';

const { signal } = new AbortController();
const OWNER = 'a1b2c3';
let pool: EmulatedPool;

afterEach(() => pool[Symbol.asyncDispose]());

async function start(options: EmulatorOptions = {}): Promise<void> {
  pool = await EmulatedPool.start(options);
}

function ask(target: RegistrationTarget = pool.target, now = Date.now) {
  return probe(target, agentName('probe', OWNER, Date.now()), { keys: pool.keys, now }, signal);
}

/** A server that enables every agent that is registered with it, whatever the request says. */
function enabling(target: RegistrationTarget): RegistrationTarget {
  const { agents } = target.client;
  const create: typeof agents.create = (poolId, agent, options) =>
    agents.create(poolId, { ...agent, enabled: true }, options);
  return { ...target, client: { ...target.client, agents: { ...agents, create } } };
}

it('goes the whole way where the server takes it, and leaves nothing behind', async () => {
  await start();
  expect(await ask()).toEqual({ kind: 'accepted' });
  expect(pool.emulator.agents()).toEqual([]);
  expect(pool.emulator.deletedAgents()).toMatchObject([{ onlineAt: expect.any(Number), enabled: false }]);
});

it.each([
  ['a server that registers it disabled', (target: RegistrationTarget) => target],
  ['a server that enables it at first', enabling],
])('is never handed a job by %s, asked ten times with ten jobs queued', async (_, disguise) => {
  await start();
  const jobs = await pool.queue(10);
  const handedOut: string[] = [];
  pool.emulator.on(event => event.kind === 'job-assigned' && handedOut.push(event.jobName));
  for (let times = 0; times < 10; times++) expect(await ask(disguise(pool.target))).toEqual({ kind: 'accepted' });
  expect(handedOut).toEqual([]);
  expect(pool.emulator.jobs().filter(job => job.result === undefined)).toHaveLength(jobs.length);
  expect(pool.emulator.deletedAgents().filter(agent => agent.onlineAt !== undefined)).toHaveLength(10);
});

it('opens no session for an agent that stays enabled', async () => {
  await start();
  const { agents } = pool.client;
  const patch: typeof agents.patch = (poolId, agent, options) => agents.get(poolId, agent.id, options);
  const stubborn = enabling({ ...pool.target, client: { ...pool.client, agents: { ...agents, patch } } });
  expect(await ask(stubborn)).toMatchObject({
    kind: 'unclear',
    why: expect.stringContaining('does not show it disabled'),
  });
  expect(pool.emulator.deletedAgents()).toMatchObject([{ enabled: true }]);
  expect(pool.emulator.deletedAgents()[0]?.onlineAt).toBeUndefined();
});

it.each([
  [{ refuseKeys: true }, 'registration with a key', 'This server accepts no public keys for agents.'],
  [{ refuseAssertions: true }, 'token for an assertion', 'invalid_client This server accepts no assertions.'],
] as const)('tells that %o is a refusal, at which step, and why', async (options, step, why) => {
  await start(options);
  expect(await ask()).toEqual({ kind: 'refused', step, why: expect.stringContaining(why) });
  expect(pool.emulator.agents()).toEqual([]);
});

it('stops at a server that gives agents no identity', async () => {
  await start({ omitAuthorization: true });
  await expect(ask()).rejects.toThrow('the server answered without "authorization"');
  expect(pool.emulator.agents()).toEqual([]);
});

const steps = [
  ['POST', /\/agents$/],
  ['GET', /\/agents\/\d+$/],
  ['POST', /\/oauth2\/token$/],
  ['POST', /\/sessions$/],
  ['DELETE', /\/sessions\//],
] as const;
const faults = ['throttled', 'server-error', 'cut', 'unauthorized', 'not-found', 'sign-in-page', 'redirect'] as const;

it.each(
  steps.flatMap(([method, path]) =>
    faults
      // Whose session is gone already has nothing more to close.
      .filter(kind => !(method === 'DELETE' && kind === 'not-found'))
      .map(kind => ({ kind, method, path })),
  ),
)('takes $kind at $method $path for no refusal', async ({ kind, method, path }) => {
  await start();
  pool.emulator.failNext({ kind, method, path, retryAfterS: 1 });
  expect(await ask()).toMatchObject({ kind: 'unclear', why: expect.stringMatching(/\S/) });
  expect(pool.emulator.agents()).toEqual([]);
});

it.each([
  ['POST', /\/agents$/],
  ['GET', /\/agents\/\d+$/],
] as const)('takes no answer to %s %o for no refusal', async (method, path) => {
  await start();
  pool.emulator.failNext({ kind: 'hang', method, path });
  expect(await ask(pool.impatient)).toMatchObject({
    kind: 'unclear',
    why: expect.stringContaining('no whole answer within'),
  });
  expect(pool.emulator.agents()).toEqual([]);
});

it('takes a 400 that is about something else than keys for no refusal', async () => {
  await start();
  const { client } = pool.target;
  // The server finds a fault of its own with this agent, in the words of its own error.
  const create: typeof client.agents.create = (poolId, agent, options) =>
    client.agents.create(poolId, { ...agent, name: '' }, options);
  const target = { ...pool.target, client: { ...client, agents: { ...client.agents, create } } };
  expect(await ask(target)).toMatchObject({ kind: 'unclear', why: expect.stringMatching(/\(400\) \(".+"\)/) });
  expect(pool.emulator.agents()).toEqual([]);
});

it.each([
  ['slow', -3_600_000],
  ['fast', 3_600_000],
])('takes a clock that is %s for no refusal, and says that it is the clock', async (_, offMs) => {
  await start();
  const outcome = await ask(pool.target, () => Date.now() + offMs);
  expect(outcome).toMatchObject({ kind: 'unclear', why: expect.stringContaining('set the clock') });
});

it('waits as long as the server asks', async () => {
  await start();
  pool.emulator.failNext({ kind: 'throttled', method: 'POST', path: /\/agents$/, retryAfterS: 7 });
  expect(await ask()).toMatchObject({ kind: 'unclear', retryAfterMs: 7_000 });
});

it('goes by a name of ours, so that what a crash leaves is found as an orphan', async () => {
  await start();
  pool.emulator.failNext({ kind: 'cut', method: 'DELETE', path: /\/agents\// });
  expect(await ask()).toEqual({ kind: 'accepted' });
  const [left] = pool.emulator.agents();
  expect(left).toMatchObject({ enabled: false, status: 'offline' });
  expect(birthOf(left?.name ?? '', OWNER)).toBeTypeOf('number');
});

it('deletes its agent also when the daemon stops in the middle', async () => {
  await start();
  const stop = new AbortController();
  pool.emulator.on(event => event.kind === 'agent-registered' && stop.abort());
  const parts = { keys: pool.keys, now: Date.now };
  const stopped = probe(pool.target, agentName('probe', OWNER, Date.now()), parts, stop.signal);
  await expect(stopped).rejects.toThrow('abort');
  expect(pool.emulator.agents().filter(agent => agent.enabled)).toEqual([]);
});
