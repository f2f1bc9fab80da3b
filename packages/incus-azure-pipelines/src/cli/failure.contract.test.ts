import { afterEach, beforeEach, expect, it } from 'vitest';
import { useConfigFolder } from '../../test/config-folder.js';
import { EmulatedPool } from '../../test/emulated-pool.js';
import { fitIncus, ScriptedIncus } from '../../test/scripted-incus.js';
import { loadConfig } from '../config/load.js';
import { makeDaemon } from '../daemon.js';
import { reportFailure } from './failure.js';

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

const answers = ['sign-in-page', 'unauthorized', 'redirect', 'not-found', 'garbage'] as const;

it.each(answers)(
  '%s at the start may pass where the agent pool was there before, and else is a mistake',
  async kind => {
    const fail = () => azure.emulator.failNext({ kind, times: Number.POSITIVE_INFINITY });
    fail();
    const [firstCode, first] = await startFails();
    azure.emulator.clearFaults();
    await (await start('default'))[Symbol.asyncDispose]();
    fail();
    const [code, later] = await startFails();
    expect([firstCode, code]).toEqual([kind === 'garbage' ? 1 : 2, 1]);
    expect(later).toBe(`${first.trimEnd()}; agent pool "default" was there before, so this may pass by itself\n`);
  },
);

it('another agent pool than the one that was there is a mistake', async () => {
  await (await start('default'))[Symbol.asyncDispose]();
  expect(await startFails('other')).toEqual([2, expect.stringContaining('no agent pool "other"')]);
});

it('a token that cannot be had at the start may come yet', async () => {
  expect(await startFails('default', 'auth: {command: {run: ["false"]}}')).toEqual([
    1,
    expect.stringContaining('run false for a token: it ended with 1'),
  ]);
});

async function start(pool: string, signIn = `pat: ${azure.emulator.token}`) {
  const path = await folder.write(
    'config.yaml',
    `agentCount: 1
baseImage: debian/13
incus: {socket: ${incus.socketPath}}
stateDirectory: ${folder.path('state')}
azure: {${signIn}, url: "${azure.emulator.url}", pool: ${pool}}
`,
  );
  return await makeDaemon(await loadConfig(path), new AbortController().signal);
}

/** How the program ends: its code, and what it says. */
async function startFails(pool = 'default', signIn?: string): Promise<readonly [number, string]> {
  let said = '';
  const complain = (text: string) => {
    said += text;
  };
  const error = await start(pool, signIn).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return [reportFailure(error, { write: () => {}, complain }), said];
}
