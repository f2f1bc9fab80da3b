import { parseTar } from 'nanotar';
import { afterEach, expect, it } from 'vitest';
import { keyAsParameters } from '../../../azure-pipelines-emulator/test/known-answers.js';
import { EmulatedPool } from '../../test/emulated-pool.js';
import { ScriptedIncus } from '../../test/scripted-incus.js';
import { aPool } from '../../test/simulation/examples.js';
import { systemClock } from '../lib/clock.js';
import { Secret } from '../lib/secret.js';
import type { RegistrationMode } from '../model/observed.js';
import { activateAgent } from './activate-agent.js';
import type { ExecutorParts } from './parts.js';

const { signal } = new AbortController();
const action = {
  kind: 'activate-agent',
  pool: 'linux',
  name: 'ci-1',
  agentVersion: '4.275.0',
  reason: 'below target',
} as const;
const MARK = 'PATCH /1.0/instances/ci-1';
const PUSH = 'POST /1.0/instances/ci-1/files';
const gone = ['PUT /1.0/instances/ci-1/state', 'DELETE /1.0/instances/ci-1'];

let pool: EmulatedPool;
let incus: ScriptedIncus;

afterEach(async () => {
  await incus[Symbol.asyncDispose]();
  await pool[Symbol.asyncDispose]();
});

async function partsFor(
  registration: RegistrationMode,
  answer: (call: string) => number = () => 200,
): Promise<ExecutorParts> {
  pool = await EmulatedPool.start();
  incus = await ScriptedIncus.start(call => (gone.includes(call) ? 404 : answer(call)));
  const { target } = pool;
  const linux = {
    spec: aPool(),
    azure: pool.client,
    agentPoolId: async () => target.poolId,
    registrationTarget: async () => target,
    registration: () => registration,
    token: async () => new Secret(pool.emulator.token),
  };
  return {
    incus: incus.client,
    ownerId: '',
    pools: new Map([['linux', linux]]),
    rootDisk: {},
    architecture: 'x86_64',
    cacheDirectory: '',
    keys: pool.keys,
    clock: systemClock,
    emit: () => {},
  };
}

/** Text of the pushed archive's members, by name. */
function pushed(): ReadonlyMap<string, string> {
  const tar = incus.calls.find(({ call }) => call === PUSH)?.body ?? new Uint8Array();
  return new Map(parseTar(tar).map(({ name, text }) => [name, text]));
}

it('takes one call to Azure and two to Incus when the host registers, and pushes no token', async () => {
  const parts = await partsFor({ kind: 'host' });
  const before = pool.emulator.calls().length;
  await activateAgent(action, parts, signal);
  const [agent] = pool.emulator.agents();
  expect(pool.emulator.calls().slice(before)).toMatchObject([{ method: 'POST', status: 200 }]);
  expect(incus.calls.map(({ call }) => call)).toEqual([MARK, PUSH]);
  expect(incus.calls[0]?.body.toString()).toMatch(/"user\.iap\.activated":"\d+"/);
  expect(JSON.parse(pushed().get('.agent') ?? '')).toMatchObject({ agentId: agent?.id, agentName: 'ci-1' });
  expect(JSON.parse(pushed().get('.credentials_rsaparams') ?? '')).toEqual(keyAsParameters);
  expect(pushed().has('token')).toBe(false);
  expect(incus.calls.some(({ body }) => body.includes(pool.emulator.token))).toBe(false);
  expect(incus.calls[0]?.body.includes(keyAsParameters.modulus.slice(0, 20))).toBe(false);
});

it('takes two calls to Incus and none to Azure when the guest registers', async () => {
  const parts = await partsFor({ kind: 'guest' });
  const before = pool.emulator.calls().length;
  await activateAgent(action, parts, signal);
  expect(pool.emulator.calls()).toHaveLength(before);
  expect(incus.calls.map(({ call }) => call)).toEqual([MARK, PUSH]);
  expect(pushed().get('token')).toBe(`${pool.emulator.token}\n`);
});

it.each([
  ['the mark', MARK, [MARK]],
  ['the push', PUSH, [MARK, PUSH]],
])('takes the registration back at once when %s fails, and then the instance', async (_, failing, calls) => {
  const parts = await partsFor({ kind: 'host' }, call => (call === failing ? 500 : 200));
  const failed = activateAgent(action, parts, signal);
  await expect(failed).rejects.toThrow('scripted');
  expect(pool.emulator.agents()).toEqual([]);
  expect(incus.calls.map(({ call }) => call)).toEqual([...calls, ...gone]);
});

it('touches no instance whose registration could not be made', async () => {
  const parts = await partsFor({ kind: 'host' });
  pool.emulator.failNext({ kind: 'server-error', method: 'POST', path: /\/agents$/ });
  await expect(activateAgent(action, parts, signal)).rejects.toMatchObject({ kind: 'unavailable' });
  expect(incus.calls).toEqual([]);
});

it('leaves the instance to the loop when its registration cannot be taken back', async () => {
  const parts = await partsFor({ kind: 'host' }, call => (call === PUSH ? 500 : 200));
  pool.emulator.failNext({ kind: 'server-error', method: 'DELETE', path: /\/agents\// });
  await expect(activateAgent(action, parts, signal)).rejects.toThrow('scripted');
  expect(pool.emulator.agents()).toMatchObject([{ enabled: false }]);
  expect(incus.calls.map(({ call }) => call)).toEqual([MARK, PUSH]);
});

it('does nothing before it is known who registers', async () => {
  const parts = await partsFor({ kind: 'probing', why: 'no answer yet' });
  await expect(activateAgent(action, parts, signal)).rejects.toThrow('no answer yet');
  expect([incus.calls, pool.emulator.agents()]).toEqual([[], []]);
});
