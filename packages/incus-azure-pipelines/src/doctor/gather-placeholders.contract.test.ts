import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAzurePipelines } from 'azure-pipelines-client';
import { expect, onTestFinished, test } from 'vitest';
import { startEmulator } from '../../../azure-pipelines-emulator/src/index.js';
import { aPool } from '../../test/simulation/examples.js';
import { openInstallation } from '../lib/installation.js';
import { placeholderName } from '../model/placeholder.js';
import { gatherPlaceholders } from './gather-placeholders.js';

const { signal } = new AbortController();
const SCALES = aPool({ name: 'night', agentCount: 2, standby: 0 });
const FIXED = aPool({ name: 'day', agentCount: 2, standby: 2 });

/** An agent pool with these registrations, and the state directory of a daemon. */
async function start() {
  const emulator = await startEmulator({});
  onTestFinished(() => emulator.close());
  const stateDirectory = await mkdtemp(join(tmpdir(), 'doctor-'));
  onTestFinished(() => rm(stateDirectory, { recursive: true }));
  const client = connectAzurePipelines({ url: emulator.url, auth: { kind: 'pat', token: emulator.token } });
  onTestFinished(() => client[Symbol.asyncDispose]());
  const pool = await client.pools.findByName('default');
  const poolId = pool?.id ?? 0;
  return {
    stateDirectory,
    register: (name: string, enabled = true) =>
      client.agents.create(poolId, { name, version: '99.999.9', enabled }, { signal }),
    look: (...pools: Parameters<typeof gatherPlaceholders>[2]['pools']) =>
      gatherPlaceholders(client, poolId, { pools, stateDirectory }, signal),
  };
}

test('a placeholder is missing, disabled by a person, or there, and nobody else has one that counts', async () => {
  const { look, register, stateDirectory } = await start();
  const { owner } = await openInstallation(stateDirectory);
  const name = placeholderName(owner, 'night');
  await register(placeholderName('ffffff', 'night'));
  await register('an-agent');
  expect(await look(SCALES, FIXED)).toEqual({ known: true, value: [{ name, pool: 'night', state: 'missing' }] });
  await register(name, false);
  expect(await look(SCALES)).toEqual({ known: true, value: [{ name, pool: 'night', state: 'disabled' }] });
});

test('a placeholder that is there is wanted by a pool that may be empty, and by no other', async () => {
  const { look, register, stateDirectory } = await start();
  const { owner } = await openInstallation(stateDirectory);
  const name = placeholderName(owner, 'night');
  await register(name);
  expect(await look(SCALES)).toEqual({ known: true, value: [{ name, pool: 'night', state: 'there' }] });
  expect(await look(FIXED)).toEqual({ known: true, value: [{ name, state: 'unwanted' }] });
});

test('before a daemon has begun nobody knows its name, and where no pool needs one that is no matter', async () => {
  const { look, stateDirectory } = await start();
  expect(await look(SCALES)).toEqual({ known: false, error: expect.stringContaining(stateDirectory) });
  expect(await look(FIXED)).toEqual({ known: true, value: [] });
});
