import { afterEach, beforeEach, expect, it } from 'vitest';
import { useConfigFolder } from '../test/config-folder.js';
import { EmulatedPool } from '../test/emulated-pool.js';
import { fitIncus, ScriptedIncus } from '../test/scripted-incus.js';
import { loadConfig } from './config/load.js';
import { makeDaemon } from './daemon.js';
import { MissingAuthorizationError } from './execute/registration/register.js';

const folder = useConfigFolder();
let azure: EmulatedPool;
let incus: ScriptedIncus;

beforeEach(async () => {
  azure = await EmulatedPool.start({});
  incus = await ScriptedIncus.start(fitIncus);
});

afterEach(async () => {
  await incus[Symbol.asyncDispose]();
  await azure[Symbol.asyncDispose]();
});

it('ends with one sentence when a server turns out to give agents no identity', async () => {
  const { emulator } = azure;
  const path = await folder.write(
    'config.yaml',
    `agentCount: 1
baseImage: debian/13
registration: guest
incus: {socket: ${incus.socketPath}}
stateDirectory: ${folder.path('state')}
azure: {pat: ${emulator.token}, url: "${emulator.url}", pool: default}
`,
  );
  const { signal } = new AbortController();
  await using daemon = await makeDaemon(await loadConfig(path), signal);
  const unsafe = new MissingAuthorizationError('no identity');
  // It stands for an activation of an agent pool that was remembered as one of the host's.
  const action = { kind: 'activate-agent', pool: 'default', name: 'a', agentVersion: '4', reason: '' } as const;
  const failure = { action, at: 0, error: unsafe, retryAt: 1_000, count: 1 };
  const running = daemon.run(signal);
  daemon.events.emit('action-failed', { ...failure, error: new Error('a failure that may pass') });
  daemon.events.emit('action-failed', failure);
  await expect(running).rejects.toBe(unsafe);
});
