import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { InstalledAgent, UnpackedPackage } from '../../test/installed-agent.js';
import { type Emulator, startEmulator } from '../index.js';
import { numberIn, objectFrom, objectIn, objectsIn } from './agent/json.js';
import { publicParametersOf, rsaParametersOf } from './agent/rsa-parameters.js';

let unpacked: UnpackedPackage;
let agent: InstalledAgent;
let emulator: Emulator;
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

beforeAll(async () => {
  unpacked = await UnpackedPackage.unpack();
});

afterAll(() => unpacked[Symbol.dispose]());

beforeEach(() => {
  agent = new InstalledAgent(unpacked);
});

afterEach(async () => {
  agent[Symbol.dispose]();
  await emulator.close();
});

test.each([
  ['encrypted', true],
  ['plain', false],
])('runs a job from files that config.sh did not write, with %s messages', async (_, encryptMessages) => {
  emulator = await startEmulator({ encryptMessages });
  await writeFiles(privateKey);
  const job = emulator.queueJob({ steps: [{ script: 'echo hello' }] });
  expect((await agent.start('run.sh', ['--once']).ended).code).toBe(0);
  expect((await job.finished).lines).toContain('hello');
});

test('ends with 1 and a line when the server does not take its key', async () => {
  emulator = await startEmulator();
  await writeFiles(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey);
  const { code, stderr } = await agent.start('run.sh', ['--once']).ended;
  expect(code).toBe(1);
  expect(stderr.join()).toMatch(/^Failed to create session\. /);
});

/** Registers the agent as a host does, and gives it its three files, with `key` for its own. */
async function writeFiles(key: KeyObject): Promise<void> {
  const pools = `${emulator.url}/_apis/distributedtask/pools`;
  const [pool = {}] = objectsIn(await call('GET', `${pools}?poolName=default`), 'value');
  const poolId = numberIn(pool, 'id', 'the pool');
  const registration = await call('POST', `${pools}/${poolId}/agents`, {
    name: 'a1',
    version: '4.999.0',
    maxParallelism: 1,
    authorization: { publicKey: publicParametersOf(privateKey) },
    systemCapabilities: { 'Agent.Version': '4.999.0' },
  });
  const agentId = numberIn(registration, 'id', 'the registration');
  const { clientId, authorizationUrl } = objectIn(registration, 'authorization');
  const files = {
    '.agent': { agentId, agentName: 'a1', poolId, serverUrl: emulator.url, workFolder: '_work' },
    '.credentials': { scheme: 'oauth', data: { clientId, authorizationUrl } },
    '.credentials_rsaparams': rsaParametersOf(key),
  };
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(agent.directory, name), JSON.stringify(content));
  }
}

async function call(method: string, url: string, body?: object) {
  const authorization = `Basic ${Buffer.from(`:${emulator.token}`).toString('base64')}`;
  const answer = await fetch(url, {
    method,
    headers: { authorization, 'content-type': 'application/json', accept: 'application/json;api-version=7.1' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return objectFrom(await answer.json(), `${method} ${url}`);
}
