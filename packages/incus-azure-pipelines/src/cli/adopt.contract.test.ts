import { afterEach, beforeEach, expect, it } from 'vitest';
import { useConfigFolder } from '../../test/config-folder.js';
import { fitIncus, ScriptedIncus } from '../../test/scripted-incus.js';
import { findInstallation, openInstallation } from '../lib/installation.js';
import { claim } from '../lib/single.js';
import { MARKS } from '../model/marks.js';
import { adopt } from './adopt.js';

const folder = useConfigFolder();
const silent = { write: () => {}, complain: () => {} };
let incus: ScriptedIncus;
let config: string;
let lost: Awaited<ReturnType<typeof openInstallation>>;

beforeEach(async () => {
  lost = await openInstallation(folder.path('lost'));
  const instances = [{ name: 'ci-1', type: 'container', status: 'Running', config: { [MARKS.owner]: lost.ownerId } }];
  incus = await ScriptedIncus.start(call => (call === 'GET /1.0/instances' ? instances : fitIncus(call)));
  config = await folder.write(
    'config.yaml',
    `agentCount: 1
baseImage: debian/13
incus: {socket: ${incus.socketPath}}
stateDirectory: ${folder.path('state')}
azure: {pat: token, url: "https://azure.test/org", pool: default}
`,
  );
});
afterEach(() => incus[Symbol.asyncDispose]());

it('refuses an owner whose daemon still runs, though its directory was lost, and names the process', async () => {
  await using _daemon = await claim(lost);
  await expect(adopt({ config, owner: lost.ownerId }, silent)).rejects.toThrow(
    `a daemon of the owner ${lost.ownerId} already runs, process ${process.pid}; stop it first`,
  );
  expect(await findInstallation(folder.path('state'))).toBeUndefined();
});

it('tells programs who has what, and whose id this installation has', async () => {
  const told = async () => {
    let text = '';
    await adopt({ config, json: true }, { ...silent, write: part => (text += part) });
    return JSON.parse(text);
  };
  const holdings = [{ ownerId: lost.ownerId, agents: 1, bases: 0 }];
  expect(await told()).toEqual({ holdings });
  const mine = await openInstallation(folder.path('state'));
  expect(await told()).toEqual({ owner: mine.ownerId, holdings });
});

it('refuses while a daemon of its own installation runs', async () => {
  const mine = await openInstallation(folder.path('state'));
  await using _daemon = await claim(mine);
  await expect(adopt({ config, owner: lost.ownerId }, silent)).rejects.toThrow(
    /already runs, process \d+; stop it first/,
  );
  expect(await findInstallation(folder.path('state'))).toEqual(mine);
});

it('takes an owner over whose daemon is gone, once and again', async () => {
  for (const _ of [1, 2]) await adopt({ config, owner: lost.ownerId }, silent);
  expect(await findInstallation(folder.path('state'))).toMatchObject({ ownerId: lost.ownerId });
});
