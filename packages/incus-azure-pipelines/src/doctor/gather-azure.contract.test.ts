import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type EmulatorOptions, startEmulator } from '../../../azure-pipelines-emulator/src/index.js';
import { identitiesWith } from '../../test/an-identity.js';
import { aPool } from '../../test/simulation/examples.js';
import { type Clock, systemClock } from '../lib/clock.js';
import { rememberHostPool } from '../lib/host-pools.js';
import { Identity } from '../lib/identity/identity.js';
import { openInstallation } from '../lib/installation.js';
import { WayOut } from '../lib/way-out.js';
import { azureKey, type PoolSpec } from '../model/pool.js';
import { checkAzure } from './check-azure.js';
import { gatherAzure } from './gather-azure.js';

const BASE = { name: 'iap-base-a1b2c3-0', agentVersion: '4.275.0', docker: true, pools: ['agents'] };
const agentPackage = { path: '/nonexistent', version: BASE.agentVersion, sha256: 'ab'.repeat(32) };
const { signal } = new AbortController();

let stateDirectory: string;
beforeAll(async () => {
  stateDirectory = await mkdtemp(join(tmpdir(), 'doctor-'));
});
afterAll(() => rm(stateDirectory, { recursive: true }));

interface Given extends EmulatorOptions {
  readonly agentPool?: string;
  readonly wrongToken?: boolean;
  readonly registration?: PoolSpec['registration'];
  readonly remembered?: boolean;
}

/** A clock that is not that of this machine. */
const clockAhead = (ms: number): Clock => ({ ...systemClock, now: () => Date.now() + ms });

/** What the doctor says of an emulated server, and who is registered there afterwards. */
async function examined({
  agentPool = 'default',
  registration = 'auto',
  remembered,
  wrongToken,
  ...options
}: Given = {}) {
  const emulator = await startEmulator({ agentPackage, ...options });
  try {
    const pool = aPool({ azure: { url: emulator.url, agentPool }, registration });
    if (remembered) await rememberHostPool(await openInstallation(stateDirectory), azureKey(pool.azure));
    const identity = identitiesWith(wrongToken ? 'wrong' : emulator.token, pool.name).of(pool.name);
    const facts = await gatherAzure(
      {
        pools: [pool],
        identity,
        wayOut: new WayOut(),
        configured: [agentPool],
        stateDirectory,
        architecture: 'x86_64',
      },
      signal,
    );
    const colours = checkAzure(facts, [BASE]).map(({ check, colour }) => [check, colour] as const);
    return { facts, colours: Object.fromEntries(colours), left: emulator.agents() };
  } finally {
    await emulator.close();
  }
}

const ALL_WELL = {
  'azure-server': 'green',
  'azure-token': 'green',
  'agent-pool': 'green',
  'permission-view': 'green',
  'permission-manage': 'green',
  'token-reach': 'green',
  'token-end': 'grey',
  clock: 'green',
  'agent-version': 'green',
  'auto-update': 'green',
  registration: 'green',
  pipelines: 'grey',
  'parallel-jobs': 'green',
};

test('a server where all is well is green, and nothing that was registered is left', async () => {
  const { colours, left } = await examined();
  expect(colours).toEqual(ALL_WELL);
  expect(left).toEqual([]);
});

test('a server that has taken agents of the host before, and does no more, is told so', async () => {
  const { colours, left } = await examined({ remembered: true, refuseKeys: true });
  expect(colours).toEqual({ ...ALL_WELL, registration: 'yellow' });
  expect(left).toEqual([]);
});

test.each<[string, Given, object]>([
  ['refuses the token', { wrongToken: true }, { 'azure-server': 'green', 'azure-token': 'red', 'agent-pool': 'grey' }],
  [
    'has no such agent pool',
    { agentPool: 'none' },
    { 'azure-token': 'green', 'agent-pool': 'red', registration: 'grey' },
  ],
  [
    'lets the token only look',
    { permissions: 1 },
    { 'permission-view': 'green', 'permission-manage': 'red', registration: 'yellow' },
  ],
  ['lets the token manage other agent pools', { pools: ['default', 'other'] }, { 'token-reach': 'yellow' }],
  ['lets it manage this one alone', { pools: ['default', 'other'], manages: ['default'] }, { 'token-reach': 'green' }],
  ['lets as many jobs run at once as there may be agents', { parallelJobs: 2 }, { 'parallel-jobs': 'green' }],
  ['lets fewer jobs run at once than there may be agents', { parallelJobs: 1 }, { 'parallel-jobs': 'yellow' }],
  ['takes no keys of agents', { refuseKeys: true }, { 'permission-manage': 'green', registration: 'yellow' }],
  ['takes no keys where the host must register', { refuseKeys: true, registration: 'host' }, { registration: 'red' }],
  [
    "has an agent pool of Microsoft's own",
    { keptPools: { default: 'hosted' } },
    { 'agent-pool': 'red', registration: 'grey' },
  ],
  ['leaves the agent pool to a scale set', { keptPools: { default: 'elastic' } }, { 'agent-pool': 'red' }],
  ['has the agent pool for deployments', { keptPools: { default: 'deployment' } }, { 'agent-pool': 'red' }],
  ['is an hour ahead', { clock: clockAhead(3_600_000) }, { clock: 'red', registration: 'yellow' }],
  ['is an hour behind', { clock: clockAhead(-3_600_000) }, { clock: 'red', registration: 'yellow' }],
  [
    'is two minutes ahead, which its tokens bear',
    { clock: clockAhead(120_000) },
    { clock: 'yellow', registration: 'green' },
  ],
  ['takes no assertions', { refuseAssertions: true }, { registration: 'yellow' }],
  ['gives agents no identity', { omitAuthorization: true }, { registration: 'red' }],
  [
    'offers a newer agent',
    { agentPackage: { ...agentPackage, version: '4.280.0' } },
    { 'agent-version': 'yellow', 'auto-update': 'yellow' },
  ],
])('a server that %s is told so, and nothing is left on it', async (_, given, says) => {
  const { colours, left } = await examined(given);
  expect(colours).toMatchObject(says);
  expect(left).toEqual([]);
});

test('a hosted server tells that agents sign in at another host, also where that host is not to be reached', async () => {
  const { colours, facts, left } = await examined({ deployment: 'hosted', tokenOrigin: 'http://127.0.0.1:9' });
  expect(facts.signsInAt).toBe('http://127.0.0.1:9');
  expect(colours).toMatchObject({ registration: 'yellow' });
  expect(left).toEqual([]);
});

test('agents of a server on premises sign in at the server, whatever it says', async () => {
  const { facts } = await examined({ tokenOrigin: 'http://elsewhere.test' });
  expect(facts.signsInAt).toBe(new URL(facts.url).origin);
});

test('where guests register themselves, it is told where they sign in, too', async () => {
  const tokenOrigin = 'http://elsewhere.test';
  const { colours, facts } = await examined({ deployment: 'hosted', tokenOrigin, registration: 'guest' });
  expect(facts.signsInAt).toBe(tokenOrigin);
  expect(colours).toMatchObject({ registration: 'green' });
});

/** What the doctor says where nothing listens. */
async function examinedAlone(identity: Identity) {
  const pool = aPool({ azure: { url: 'http://127.0.0.1:9/none', agentPool: 'default' } });
  const facts = await gatherAzure(
    { pools: [pool], identity, wayOut: new WayOut(), configured: ['default'], stateDirectory, architecture: 'x86_64' },
    signal,
  );
  return checkAzure(facts, [BASE]);
}

test('a server that is not there is told by its own check alone', async () => {
  const [server, ...rest] = await examinedAlone(identitiesWith('token', 'any').of('any'));
  expect(server).toMatchObject({ check: 'azure-server', colour: 'red', says: expect.stringContaining('127.0.0.1:9') });
  expect(new Set(rest.map(({ colour }) => colour))).toEqual(new Set(['grey']));
});

test('a token that cannot be had is told by its own check alone, and nothing is said of the server', async () => {
  const ask = () => Promise.reject(new Error('run az for a token: it ended with 1'));
  const [server, token, ...rest] = await examinedAlone(
    new Identity({ kind: 'bearer', isKept: true, ask }, systemClock),
  );
  expect(server).toMatchObject({ check: 'azure-server', colour: 'grey' });
  expect(token).toMatchObject({
    check: 'azure-token',
    colour: 'red',
    says: expect.stringContaining('it ended with 1'),
  });
  expect(token).not.toMatchObject({ remedy: expect.stringContaining('users of this organisation') });
  expect(new Set(rest.map(({ colour }) => colour))).toEqual(new Set(['grey']));
});
