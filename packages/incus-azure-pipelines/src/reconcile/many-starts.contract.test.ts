import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { InstalledAgent, UnpackedPackage } from '../../../azure-pipelines-emulator/test/installed-agent.js';
import { EmulatedPool } from '../../test/emulated-pool.js';
import { aPool } from '../../test/simulation/examples.js';
import { systemClock } from '../lib/clock.js';
import { openInstallation } from '../lib/installation.js';
import { RegistrationModes } from './registration-modes.js';

const STARTS = 100;
const JOBS = 10;

it('loses none of ten queued jobs while a daemon that remembers nothing starts a hundred times', async () => {
  await using pool = await EmulatedPool.start();
  const { emulator } = pool;
  const jobs = await pool.queue(JOBS);
  const handedOut: string[] = [];
  const off = emulator.on(event => event.kind === 'job-assigned' && handedOut.push(event.agentName));
  for (let starts = 0; starts < STARTS; starts++) expect(await modeAfterStart(pool)).toEqual({ kind: 'host' });
  off();
  const probes = emulator.deletedAgents().filter(({ name, onlineAt }) => name.startsWith('probe-') && onlineAt);
  expect(probes).toHaveLength(STARTS);
  expect(handedOut).toEqual([]);

  using unpacked = await UnpackedPackage.unpack();
  using agent = new InstalledAgent(unpacked);
  await agent.configure(emulator, 'worker');
  agent.start('run.sh', []);
  const ended = await Promise.all(jobs.map(({ finished }) => finished));
  expect(ended.map(({ result, agentName }) => `${result} by ${agentName}`)).toEqual(
    Array.from({ length: JOBS }, () => 'succeeded by worker'),
  );
});

/** Who registers, once a new installation has asked the server. */
async function modeAfterStart(pool: EmulatedPool) {
  const installation = await openInstallation(await mkdtemp(join(tmpdir(), 'many-starts-')));
  onTestFinished(() => rm(installation.directory, { recursive: true }));
  const modes = new RegistrationModes({
    pools: new Map([['linux', { spec: aPool({ registration: 'auto' }), registrationTarget: async () => pool.target }]]),
    keys: pool.keys,
    clock: systemClock,
    emit: () => {},
    installation,
    random: Math.random,
  });
  const { signal } = new AbortController();
  await modes.recall();
  await modes.follow(() => {}, signal);
  return modes.of('linux');
}
