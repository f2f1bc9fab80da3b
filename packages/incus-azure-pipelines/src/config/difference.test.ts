import { expect, test } from 'vitest';
import { ONE_POOL, useConfigFolder } from '../../test/config-folder.js';
import { differenceOf, expectNoRestart } from './difference.js';

const folder = useConfigFolder();

async function changes(before: string, after: string): Promise<readonly string[]> {
  return differenceOf(await folder.read(before), await folder.read(after));
}

const pool = (name: string, more = '') => `- {name: ${name}, agentCount: 1, baseImage: debian/13${more}}\n`;
const AZURE = 'azure: {pat: token, url: "https://dev.azure.com/contoso", pool: Default}\n';

test('files that say the same are no change, wherever they say it', async () => {
  expect(await changes(ONE_POOL, `# a comment\n${ONE_POOL}`)).toEqual([]);
  const beside = `baseImage: debian/13\nagentCount: 1\n${AZURE}pools:\n- {name: a}\n`;
  expect(await changes(beside, `${AZURE}pools:\n${pool('a')}`)).toEqual([]);
});

test('a pool that is changed is one line: each key, and what becomes of its agents', async () => {
  expect(await changes(ONE_POOL, `${ONE_POOL.replace('agentCount: 2', 'agentCount: 3')}maxRamInGb: 4\n`)).toEqual([
    'pool "Default": agentCount 2 → 3, maxRamInGb not set → 4; its idle agents are replaced, one first',
  ]);
  expect(await changes(ONE_POOL, ONE_POOL.replace('debian/13', 'debian/12'))).toEqual([
    'pool "Default": baseImage debian/13 → debian/12; a base for it is built unless it is there',
  ]);
  expect(await changes(`name: a\n${ONE_POOL}`, `name: a\n${ONE_POOL.replace('Default', 'Other')}`)).toEqual([
    'pool "a": azure.pool Default → Other; the agents in its agent pool of before are drained when they are idle',
  ]);
});

test('a changed secret is told of, and not told', async () => {
  const [line, ...others] = await changes(
    `${ONE_POOL}env: {KEY: hush}\n`,
    `${ONE_POOL.replace('token', 'another')}env: {KEY: hash}\n`,
  );
  expect([line, others]).toEqual(['pool "Default": env changed, azure.pat changed', []]);
});

test('so is what was a number and is a list now', async () => {
  const hours =
    'standby: [{days: [mon], from: "08:00", to: "18:00", timezone: Europe/Berlin, standby: 2}, {standby: 1}]';
  const numbers = ONE_POOL.replace('agentCount: 2', 'agentCount: 2\nstandby: 1');
  const lists = ONE_POOL.replace('agentCount: 2', `agentCount: 2\n${hours}`);
  expect(await changes(numbers, lists)).toEqual(['pool "Default": standby changed']);
  expect(await changes(lists, numbers)).toEqual(['pool "Default": standby changed']);
});

test('so is another password of the proxies, or another place of it', async () => {
  const path = await folder.write('password', 'hush\n');
  const of = (password: string) =>
    `${ONE_POOL}proxy: {http: "http://proxy.example:3128", user: builds, password: ${password}}\n`;
  expect(await changes(of('hush'), of('hush'))).toEqual([]);
  expect(await changes(of('hush'), of('hash'))).toEqual(['proxy.password changed']);
  expect(await changes(of('hush'), of(`{file: ${path}}`))).toEqual(['proxy.password changed']);
});

test('so is a script whose text is another under the same name', async () => {
  const path = await folder.write('setup.sh', 'echo one\n');
  const text = `${ONE_POOL}provisionScripts: [${path}]\n`;
  const before = await folder.read(text);
  await folder.write('setup.sh', 'echo two\n');
  expect(differenceOf(before, await folder.read(text))).toEqual([
    'pool "Default": a file that it names changed; a base for it is built unless it is there',
  ]);
});

test('pools that come and go, and what is about all of them, have lines of their own', async () => {
  const before = `${AZURE}pools:\n${pool('stays')}${pool('goes')}`;
  const after = `${AZURE}azurePollInterval: 1m\nmaxConcurrentCreates: 3\npools:\n${pool('stays')}${pool('comes')}`;
  expect(await changes(before, after)).toEqual([
    'azurePollInterval 10s → 60s, maxConcurrentCreates 8 → 3',
    'pool "comes" is new, with agentCount 1',
    'pool "goes" is removed: its jobs end, and its idle agents are drained',
  ]);
});

test('what takes a restart is named, and one that is written out as it was by itself is no change', async () => {
  const { spec } = await folder.read(ONE_POOL);
  const written = await folder.read(`${ONE_POOL}projectName: ${spec.project}\nreconcileInterval: 1m\n`);
  expectNoRestart(spec, written.spec);
  const other = await folder.read(
    `${ONE_POOL}projectName: other\ncontrolSocket: /run/other.sock\nhttp: false\nproxy: {http: http://proxy.example:3128}\n`,
  );
  expect(() => expectNoRestart(spec, other.spec)).toThrow(
    /^projectName, controlSocket, http, proxy changed, which takes a restart; restart the daemon, or put that back/,
  );
});
