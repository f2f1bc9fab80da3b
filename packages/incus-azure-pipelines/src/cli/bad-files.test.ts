import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { readdir, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { BAD_FILE_VARIABLES, BAD_FILES, useBadFileFolder } from '../../test/bad-files.js';
import { DEFAULTS } from '../config/defaults.js';
import { callProgram } from './program.js';

const directory = useBadFileFolder();
const path = () => join(directory(), 'config.yaml');
/** What asks for a connection says so here: Node's own sockets, and the clients of Incus and Azure. */
const CONNECTIONS = ['net.client.socket', 'undici:client:beforeConnect'];

let connections = 0;
const count = () => {
  connections += 1;
};

beforeEach(() => {
  connections = 0;
  for (const channel of CONNECTIONS) subscribe(channel, count);
  for (const [name, value] of Object.entries(BAD_FILE_VARIABLES)) vi.stubEnv(name, value);
});

afterEach(() => {
  for (const channel of CONNECTIONS) unsubscribe(channel, count);
  vi.unstubAllEnvs();
});

async function call(...args: readonly string[]) {
  let stdout = '';
  let stderr = '';
  const code = await callProgram(args, {
    write: text => {
      stdout += text;
    },
    complain: text => {
      stderr += text;
    },
  });
  return { code, stdout, stderr };
}

/** What a start would change first: the folder, the state directory, the folder of the control socket. */
async function footprint(): Promise<unknown> {
  const changedAt = (place: string) =>
    stat(place).then(
      ({ mtimeMs }) => mtimeMs,
      () => 'not there',
    );
  return {
    folder: (await readdir(directory(), { recursive: true })).sort(),
    state: await changedAt(DEFAULTS.stateDirectory),
    socket: await changedAt(DEFAULTS.controlSocket),
    listeners: process.listenerCount('SIGTERM'),
  };
}

describe.each(BAD_FILES)('with $group, the program', ({ cases }) => {
  it.each(cases)('refuses $name, and has touched nothing', async ({ file, says }) => {
    await writeFile(path(), file, { mode: 0o600 });
    const before = await footprint();
    const check = await call('check', '-config', path());
    const run = await call('-run', '-config', path());

    expect(check).toEqual({ code: 2, stdout: '', stderr: expect.any(String) });
    expect(errorsOf(check.stderr)).toEqual(says.filter(message => !message.includes(': warning: ')));
    expect(run).toEqual(check);
    expect(await footprint()).toEqual(before);
    expect(connections).toBe(0);
  });
});

it('tells a program of each mistake as JSON', async () => {
  await writeFile(path(), 'agentCount: two\n', { mode: 0o600 });
  const { code, stdout, stderr } = await call('check', '--json', '--config', path());
  expect({ code, stderr }).toEqual({ code: 2, stderr: '' });
  expect(JSON.parse(stdout)).toMatchObject({
    valid: false,
    messages: expect.arrayContaining([
      expect.objectContaining({
        line: 1,
        column: 13,
        key: 'agentCount',
        severity: 'error',
        remedy: expect.any(String),
      }),
    ]),
  });
});

it('tells a program what all pools may take at their most, where the host keeps a reserve', async () => {
  const file = `agentCount: 2\nreserve: 0\nbaseImage: debian/13\nmaxRamInGb: 4\nhostReserve: {memory: 1}
azure: {pat: token, url: "https://dev.azure.com/contoso", pool: Default}\n`;
  await writeFile(path(), file, { mode: 0o600 });
  const { code, stdout } = await call('check', '--json', '--config', path());
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    valid: true,
    overcommitment: { instances: 3, memoryBytes: { most: 13 * 2 ** 30, kept: 2 ** 30, has: expect.any(Number) } },
  });
});

it('connects once the file is good, so that silence means something', async () => {
  const socket = join(directory(), 'incus.sock');
  const server = createServer((_, answer) => answer.end('{}')).listen(socket);
  onTestFinished(() => void server.close());
  const good = `incus: {socket: ${socket}}\nstateDirectory: ${directory()}/state\nagentCount: 1\nbaseImage: debian/13
azure: {pat: token, url: "https://dev.azure.com/contoso", pool: Default}\n`;
  await writeFile(path(), good, { mode: 0o600 });
  const { code, stderr } = await call('run', '--config', path());
  expect(stderr).toMatch(/the answer is not one of Incus/);
  expect(code).toBe(2);
  expect(connections).toBeGreaterThan(0);
});

/** The messages of a run as the cases have them: without the name of the file, and without what depends on the host. */
function errorsOf(stderr: string): readonly string[] {
  const lines = stderr.trimEnd().split('\n');
  for (const line of lines) expect(line).toMatch(/^.+\/config\.yaml:[1-9]\d*:[1-9]\d*: .+; .+/);
  return lines
    .map(line => line.slice(path().length + 1).replaceAll(directory(), 'DIR'))
    .filter(message => !message.includes(': warning: '));
}
