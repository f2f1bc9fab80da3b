import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { InstalledAgent, UnpackedPackage } from '../../test/installed-agent.js';
import { type Emulator, startEmulator } from '../index.js';

let unpacked: UnpackedPackage;
let agent: InstalledAgent;
let emulator: Emulator;

beforeAll(async () => {
  unpacked = await UnpackedPackage.unpack();
});

afterAll(() => unpacked[Symbol.dispose]());

beforeEach(async () => {
  agent = new InstalledAgent(unpacked);
  emulator = await startEmulator();
});

afterEach(async () => {
  agent[Symbol.dispose]();
  await emulator.close();
});

test('registers and writes the three files', async () => {
  const { code, stdout } = await agent.configure(emulator, 'a1');
  expect(code).toBe(0);
  expect(stdout).toContain('Successfully added the agent');
  expect(stdout.at(-1)).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ: Settings Saved\.$/);
  expect(emulator.agents()).toMatchObject([{ name: 'a1', status: 'offline', version: '4.999.0', hasPublicKey: true }]);
  expect(agent.json('.agent')).toMatchObject({ agentName: 'a1', poolName: 'default', workFolder: '_work' });
  expect(agent.json('.credentials')).toMatchObject({ scheme: 'OAuth', data: { clientId: expect.any(String) } });
  expect(agent.json('.credentials_rsaparams')).toMatchObject({ exponent: 'AQAB' });
});

test('leaves the token nowhere', async () => {
  await agent.configure(emulator, 'a1');
  expect(agent.filesWith(emulator.token)).toEqual([]);
});

test('stores the token itself when the server answers without authorization', async () => {
  await emulator.close();
  emulator = await startEmulator({ omitAuthorization: true });
  expect((await agent.configure(emulator, 'a1')).code).toBe(0);
  expect(agent.json('.credentials')).toEqual({ scheme: 'PAT', data: { token: emulator.token } });
});

test('takes the token from the command line too, with names in any case', async () => {
  const args = ['--UNATTENDED', '--Url', emulator.url, '--token', emulator.token, '--pool', 'default', '--AGENT', 'a1'];
  expect((await agent.start('config.sh', args).ended).code).toBe(0);
  expect(emulator.agents()).toMatchObject([{ name: 'a1' }]);
});

test('fails with a line when the token is wrong', async () => {
  const { code, stderr } = await agent.configure({ url: emulator.url, token: 'wrong-token' }, 'a1');
  expect(code).toBe(1);
  expect(stderr).toHaveLength(1);
  expect(stderr.join()).not.toContain('wrong-token');
  expect(agent.has('.agent')).toBe(false);
});

test('fails with a line when a value is missing', async () => {
  const { code, stderr } = await agent.start('config.sh', ['--unattended', '--url', emulator.url]).ended;
  expect(code).toBe(1);
  expect(stderr).toEqual(['Invalid configuration provided for token. Terminating unattended configuration.']);
});

test('fails with a line when there is no such pool', async () => {
  const { code, stderr } = await agent.configure(emulator, 'a1', '--pool', 'nowhere');
  expect(code).toBe(1);
  expect(stderr).toEqual(["Agent pool not found: 'nowhere'"]);
});

test('does not take the name of another agent, unless told to replace it', async () => {
  using other = new InstalledAgent(unpacked);
  await other.configure(emulator, 'a1');
  const refused = await agent.configure(emulator, 'a1');
  expect(refused.code).toBe(1);
  expect(refused.stderr.join()).toMatch(/^Pool \d+ already contains an agent with name a1\.$/);

  const replaced = await agent.configure(emulator, 'a1', '--replace');
  expect(replaced.code).toBe(0);
  expect(replaced.stdout).toContain('Successfully replaced the agent');
  expect(emulator.agents()).toHaveLength(1);
});

test('is configured once', async () => {
  await agent.configure(emulator, 'a1');
  const again = await agent.configure(emulator, 'a1', '--replace');
  expect(again.code).toBe(1);
  expect(again.stderr.join()).toContain('already configured');
});

test('removes its registration and its files', async () => {
  await agent.configure(emulator, 'a1');
  const args = ['remove', '--unattended', '--auth', 'pat', '--token', emulator.token];
  expect((await agent.start('config.sh', args).ended).code).toBe(0);
  expect(emulator.agents()).toEqual([]);
  expect(['.agent', '.credentials', '.credentials_rsaparams'].filter(file => agent.has(file))).toEqual([]);
});
