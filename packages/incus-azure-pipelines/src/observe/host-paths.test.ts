import { afterEach, beforeEach, expect, it } from 'vitest';
import { ScriptedIncus } from '../../test/scripted-incus.js';
import { readHostPaths } from './host-paths.js';

const FOLDER = { type: 'disk', source: '/srv/tools', path: '/opt/tools' };
const ANSWERS: Readonly<Record<string, object>> = {
  'GET /1.0/profiles/default': { name: 'default', config: {}, devices: { tools: FOLDER } },
  'GET /1.0/profiles/gpu': { name: 'gpu', config: {}, devices: { card: { type: 'gpu' } } },
  'GET /1.0/resources': { gpu: { cards: [{ drm: { id: 0, card_name: 'card0' } }] } },
};

let incus: ScriptedIncus;
let lost: string;
const POOLS = [{ name: 'plain' }, { name: 'gpu', fittings: { profiles: ['gpu'] } }];

beforeEach(async () => {
  lost = '';
  incus = await ScriptedIncus.start(call => (call === lost ? 403 : (ANSWERS[call] ?? 404)));
});
afterEach(() => incus[Symbol.asyncDispose]());

const look = (signal = new AbortController().signal) => readHostPaths(incus.client, POOLS, signal);

it('tells for each pool what the default profile and its own ones show', async () => {
  const tools = { source: '/srv/tools', path: '/opt/tools', profile: 'default' };
  const card = { source: '/dev/dri/card0', path: '/dev/dri/card0', profile: 'gpu' };
  expect(await look()).toEqual([
    { pool: 'plain', shown: [tools], unnamed: [] },
    { pool: 'gpu', shown: [tools, card], unnamed: [] },
  ]);
});

it('leaves out nothing silently that Incus does not show', async () => {
  lost = 'GET /1.0/resources';
  expect((await look())[1]?.unnamed).toMatchObject([{ by: 'device "card" of profile "gpu"' }]);
  lost = 'GET /1.0/profiles/default';
  expect((await look())[0]).toMatchObject({ shown: [], unnamed: [{ by: 'profile "default"' }] });
});

it('ends with the reason of an abort', async () => {
  await expect(look(AbortSignal.abort(new Error('stopped')))).rejects.toThrow('stopped');
});
