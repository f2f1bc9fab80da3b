import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { identitiesWith } from '../../test/an-identity.js';
import { fitIncus, ScriptedIncus } from '../../test/scripted-incus.js';
import { aPool } from '../../test/simulation/examples.js';
import { WayOut } from '../lib/way-out.js';
import type { DaemonSpec } from '../model/pool.js';
import { diagnose } from './diagnose.js';
import type { Finding } from './finding.js';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'diagnose-'));
});
afterAll(() => rm(directory, { recursive: true }));

/** What the doctor finds with an Incus on this socket, and no Azure. */
async function found(socketPath: string, ...agentPools: readonly string[]): Promise<readonly Finding[]> {
  return foundAt('http://127.0.0.1:9/none', socketPath, ...agentPools);
}

async function foundAt(url: string, socketPath: string, ...agentPools: readonly string[]): Promise<readonly Finding[]> {
  const pools = ['agents', ...agentPools].map(agentPool => aPool({ name: agentPool, azure: { url, agentPool } }));
  const incus = { kind: 'unix', socketPath } as const;
  const spec = { project: 'ci', pools, stateDirectory: directory, incus } as unknown as DaemonSpec;
  const askDaemon = async () => ({ kind: 'absent', error: 'no daemon answers' }) as const;
  const findings: Finding[] = [];
  const identities = identitiesWith('token', ...pools.map(({ name }) => name));
  const parts = { spec, identities, askDaemon, wayOut: new WayOut() };
  for await (const finding of diagnose(parts, new AbortController().signal)) findings.push(finding);
  return findings;
}

const colourOf = (findings: readonly Finding[], check: string) =>
  findings.find(finding => finding.check === check)?.colour;

test('LXD in the place of Incus is named, nothing more is asked of it, and Azure is looked at all the same', async () => {
  const info = { api_extensions: [], environment: { server: 'lxd', server_version: '5.21.3' } };
  await using lxd = await ScriptedIncus.start(() => info);
  const findings = await found(lxd.socketPath);
  expect(findings.find(({ check }) => check === 'incus-version')).toMatchObject({
    colour: 'red',
    says: 'what answers is not Incus but "lxd"',
    remedy: 'install Incus: LXD cannot be used in its place',
  });
  expect(lxd.calls.map(({ call }) => call)).toEqual(['GET /1.0']);
  expect(['guest-made', 'azure-server', 'daemon'].map(check => colourOf(findings, check))).toEqual([
    'grey',
    'red',
    'yellow',
  ]);
});

test('an Incus that is not there is told with the way to start it', async () => {
  const findings = await found(join(directory, 'none.socket'));
  expect(findings[0]).toMatchObject({
    check: 'incus-reachable',
    colour: 'red',
    remedy: expect.stringContaining('start it'),
  });
});

test('without a project no guest is made', async () => {
  const answer = (call: string) => (call === 'GET /1.0' ? fitIncus(call) : 404);
  await using incus = await ScriptedIncus.start(answer);
  const findings = await found(incus.socketPath);
  expect(['incus-project', 'guest-made'].map(check => colourOf(findings, check))).toEqual(['red', 'grey']);
  expect(findings.find(({ check }) => check === 'guest-made')?.says).toBe('there is no project to make one in');
  expect(incus.calls.filter(({ call }) => !call.startsWith('GET'))).toEqual([]);
});

test('an Incus that fails over the project is told so, and what does not need it is looked at all the same', async () => {
  await using incus = await ScriptedIncus.start(call =>
    call.startsWith('GET /1.0/projects/') ? 'database is locked' : fitIncus(call),
  );
  const findings = await found(incus.socketPath);
  expect(findings.find(({ check }) => check === 'incus-project')).toMatchObject({
    colour: 'red',
    says: expect.stringContaining('database is locked'),
  });
  expect(['azure-server', 'guest-made', 'daemon'].map(check => colourOf(findings, check))).toEqual([
    'red',
    'grey',
    'yellow',
  ]);
});

test('a state directory that cannot be read hides who is who, and nothing else', async () => {
  const answer = (call: string) => (call === 'GET /1.0/instances' ? [] : fitIncus(call));
  await using incus = await ScriptedIncus.start(answer);
  await mkdir(join(directory, 'owner'));
  const findings = await found(incus.socketPath);
  await rm(join(directory, 'owner'), { recursive: true });
  expect(findings.find(({ check }) => check === 'state-directory')).toMatchObject({
    colour: 'grey',
    says: expect.stringContaining('EISDIR'),
  });
  expect(findings.map(({ check }) => check)).toEqual(
    expect.arrayContaining(['copy-on-write', 'azure-server', 'daemon']),
  );
});

test('where the image cannot be looked up, it is told that no guest can be made', async () => {
  const answer = (call: string) => (call === 'GET /1.0/instances' ? [] : fitIncus(call));
  await using incus = await ScriptedIncus.start(answer);
  const findings = await found(incus.socketPath);
  expect(findings.find(({ check }) => check === 'guest-made')).toMatchObject({ colour: 'red' });
  expect(colourOf(findings, 'daemon')).toBe('yellow');
});

test('of several agent pools each is looked at, and named', async () => {
  const findings = await found(join(directory, 'none.socket'), 'others');
  const servers = findings.filter(({ check }) => check === 'azure-server').map(({ says }) => says);
  expect(servers).toEqual([
    expect.stringMatching(/^http:\/\/127\.0\.0\.1:9\/none, "agents": /),
    expect.stringMatching(/^http:\/\/127\.0\.0\.1:9\/none, "others": /),
  ]);
});

test('an address that nobody can ask is told, and what comes after it is looked at all the same', async () => {
  const findings = await foundAt('no address', join(directory, 'none.socket'));
  expect(findings.find(({ check }) => check === 'azure-server')).toMatchObject({ colour: 'red' });
  expect(colourOf(findings, 'daemon')).toBe('yellow');
});
