import { rm } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { InstalledAgent, UnpackedPackage } from '../../azure-pipelines-emulator/test/installed-agent.js';
import { useConfigFolder } from '../test/config-folder.js';
import { EmulatedPool, KEY } from '../test/emulated-pool.js';
import { PretendIncus } from '../test/pretend-incus.js';
import { type LoadedConfig, loadConfig } from './config/load.js';
import { makeDaemon } from './daemon.js';

const STARTS = 100;
const JOBS = 10;
const folder = useConfigFolder();

it('loses none of ten queued jobs while a daemon that remembers nothing starts a hundred times', async () => {
  await using pool = await EmulatedPool.start();
  await using incus = await PretendIncus.start(Date.now);
  const config = await configure(pool, incus);
  const { emulator } = pool;
  const jobs = await pool.queue(JOBS);
  const handedOut: string[] = [];
  const off = emulator.on(event => event.kind === 'job-assigned' && handedOut.push(event.agentName));
  for (let starts = 0; starts < STARTS; starts++) expect(await modeAfterStart(config)).toBe('host');
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

async function configure({ emulator }: EmulatedPool, { socketPath }: PretendIncus): Promise<LoadedConfig> {
  const path = await folder.write(
    'config.yaml',
    `agentCount: 2
baseImage: local:debian
baseMade: true
incus: {socket: ${socketPath}}
stateDirectory: ${folder.path('state')}
azure: {pat: ${emulator.token}, url: "${emulator.url}", pool: default}
`,
  );
  return await loadConfig(path);
}

/** Starts a daemon whose state directory was lost, lets it run until it knows who registers, and stops it. */
async function modeAfterStart(config: LoadedConfig): Promise<string> {
  const stop = new AbortController();
  await rm(folder.path('state'), { recursive: true, force: true });
  await using daemon = await makeDaemon(config, stop.signal, { makeKey: async () => KEY });
  const chosen = new Promise<string>(
    resolve => void daemon.events.on('registration-chosen', ({ mode }) => resolve(mode)),
  );
  const running = daemon.run(stop.signal);
  const mode = await chosen;
  stop.abort();
  await running;
  return mode;
}
