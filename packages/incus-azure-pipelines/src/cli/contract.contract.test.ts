import { mkdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PROGRAM } from '../../../../testbed/daemon-process.js';
import { runCommand } from '../../../../testbed/run-command.js';
import { told } from '../../../../testbed/told-commands.js';
import type { Emulator } from '../../../azure-pipelines-emulator/src/index.js';
import { startAltering } from '../../test/altering-proxy.js';
import { useConfigFolder } from '../../test/config-folder.js';
import { startScratch, whereIs } from '../../test/emulated-conversation.js';
import { converse } from '../contract/converse.js';
import { contract } from './contract.js';
import type { Output } from './output.js';
import { callProgram } from './program.js';

const TOKEN = 'm4rk3d-t0k3n-0f-th3-0rg4n1s4t10n';
const SECRETS = [TOKEN, Buffer.from(`:${TOKEN}`).toString('base64'), 'contoso-own', 'scratch pool'];

const folder = useConfigFolder();
let emulator: Emulator;
let tokenFile: string;
beforeEach(async () => {
  emulator = await startScratch({ token: TOKEN });
  tokenFile = await folder.write('token', `${TOKEN}\n`);
});
afterEach(() => emulator.close());

/** What a call with these options writes, and its exit code; the keys of agents are given to it, which saves most of its time. */
async function call(options: Partial<Parameters<typeof contract>[0]>) {
  const said = { written: '', complained: '' };
  const given = { pool: 'scratch pool', tokenEnv: 'NO_SUCH', record: folder.path('recording.json'), ...options };
  const { makeKey } = whereIs(emulator);
  const talk: typeof converse = (where, ...rest) => converse({ ...where, ...(makeKey && { makeKey }) }, ...rest);
  const code = await contract(given, outputTo(said), talk);
  return { code, ...said };
}

function outputTo(said: { written: string; complained: string }): Output {
  return {
    write: text => {
      said.written += text;
    },
    complain: text => {
      said.complained += text;
    },
    screen: () => ({ columns: 100, rows: 40 }),
  };
}

test('a server that answers as the emulator is told so, in a table that fits, and is written down without its owner', async () => {
  const record = folder.path('recording.json');
  const asked = { url: emulator.url, tokenFile, record, awaitJob: true };
  const { code, complained, written } = await call(asked);
  expect({ code, complained }).toEqual({ code: 0, complained: expect.stringContaining('7/7 the end of an agent') });
  expect(written).toMatch(/^CHECK +OUTCOME +EMULATOR +SEEN\nconnection-data +same /);
  expect(written).toContain(' 0 different, 0 unclear, 0 not asked.');
  const [rows = ''] = written.split('\n\n');
  expect(rows.split('\n').filter(row => row.length > 100)).toEqual([]);
  const recording = await readFile(record, 'utf8');
  expect(SECRETS.filter(secret => `${recording}${written}${complained}`.includes(secret))).toEqual([]);
  expect(emulator.agents()).toEqual([]);
  expect(emulator.jobs()).toMatchObject([{ result: 'canceled' }]);
  await expect(call(asked)).rejects.toThrow('it is there already');
});

test('the commands of the document ask it, with a token that nobody else can read', async () => {
  const values = { 'https://dev.azure.com/my-organization': emulator.url, 'pool scratch': "pool 'scratch pool'" };
  const [make, paste, ask] = told('docs/how-to/try-a-real-server.md#try-a-real-server').lines(3, values);
  const cwd = folder.path('typed');
  await mkdir(cwd);
  const known = `incus-azure-pipelines() { '${process.execPath}' '${PROGRAM}' "$@"; }`;
  await runCommand('bash', ['-c', `set -e\n${known}\ncd '${cwd}'\n${make}\n${paste}\n${ask}`], { input: TOKEN });
  expect((await stat(join(cwd, 'token'))).mode & 0o777).toBe(0o600);
  expect(await readFile(join(cwd, 'contract-recording.json'), 'utf8')).toContain('"connection-data"');
});

test('a server that answers otherwise is told so, and the exit code says it', async () => {
  await using proxy = await startAltering(emulator.url, answer => {
    if (answer.status === 409) answer.body = answer.body.replaceAll('TaskAgentExistsException', 'NameTakenException');
    if (answer.method === 'PATCH') answer.body = answer.body.replaceAll('"osDescription"', '"os"');
    if (answer.path.includes('includeCapabilities')) answer.body = answer.body.replace('"id":', '"id":"1","was":');
    if (answer.status === 202) answer.status = 204;
  });
  const config = await folder.write(
    'config.yaml',
    `agentCount: 1\nbaseImage: debian/13\nazure: {pat: {file: ${tokenFile}}, url: "${proxy.url}", pool: other}\n`,
  );
  const record = folder.path('other.json');
  const { code, complained, written } = await call({ config, record, json: true });
  expect({ code, complained }).toEqual({ code: 2, complained: expect.not.stringContaining('rror') });
  const { verdicts } = JSON.parse(written);
  const different = verdicts.filter(({ outcome }: { outcome: string }) => outcome === 'different');
  expect(different.map(({ check, seen }: { check: string; seen: string }) => [check, seen])).toEqual([
    ['found-by-name', '200, name ours, systemCapabilities there, taken for "protocol" by this program'],
    ['name-taken', '409 NameTakenException'],
    ['name-taken-in-capitals', '409 NameTakenException'],
    ['enabled-at-once', '200, enabled true, maxParallelism 1'],
    ['disabled-at-once', '200, enabled false, maxParallelism 1'],
    ['max-parallelism-left-out', '200, maxParallelism 0'],
    ['max-parallelism-back', '200, maxParallelism 1'],
    ['empty-poll', '204 no body'],
  ]);
  const says = (name: string) => different.find(({ check }: { check: string }) => check === name)?.says;
  expect(says('found-by-name')).toContain('value[].id is text, not number');
  expect(says('enabled-at-once')).toContain('no osDescription');
  const text = `${written}${complained}${await readFile(record, 'utf8')}`;
  expect(SECRETS.slice(0, 3).filter(secret => text.includes(secret))).toEqual([]);
  expect([emulator.agents(), emulator.jobs()]).toEqual([[], []]);
});

test.each<[string, readonly string[], string]>([
  ['no server', [], 'name the organisation with --url URL, or a configuration with --config FILE'],
  ['no token', ['--url', 'https://dev.azure.com/contoso', '--token-env', 'NO_SUCH'], 'the variable NO_SUCH is not set'],
  [
    'no token to find',
    ['--url', 'https://dev.azure.com/contoso', '--token-env', 'NO_SUCH'],
    'or name a file with --token-file FILE',
  ],
])('a call with %s is told what is missing', async (_, args, says) => {
  const said = { written: '', complained: '' };
  const record = folder.path('none.json');
  const code = await callProgram(['contract', '--pool', 'scratch', ...args, '--record', record], outputTo(said));
  expect({ code, ...said }).toEqual({ code: 2, written: '', complained: expect.stringContaining(says) });
});
