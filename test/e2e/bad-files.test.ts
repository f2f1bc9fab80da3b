import { access, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runProgram } from '../../testbed/daemon-process.js';

/** Each with the message it gets. `FILE` stands for the configuration's path. */
const BAD_FILES = {
  'an unknown key': ['maxCore: 8', 'FILE:8:1: maxCore: unknown key; did you mean "maxCores"?'],
  'counts that do not fit': [
    'standby: 3',
    'FILE:8:10: standby: 3 idle agents cannot fit into agentCount 2; write at most standby: 2, or raise agentCount',
  ],
  'a script that is not there': [
    'provisionScripts: [/no/such/script]',
    'FILE:8:20: provisionScripts[0]: there is no file /no/such/script; put the file there, or correct the path',
  ],
} as const;

/** These need no Incus: what they show is that the program asks for none. */
describe.each(Object.entries(BAD_FILES))('the compiled program, with %s', (_, [line, message]) => {
  let directory: string;
  const asked: string[] = [];
  const servers: Server[] = [];
  const inFolder = (name: string) => join(directory, name);

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'bad-file-'));
    const incus = await listening('incus', inFolder('incus.sock'));
    const azure = await listening('azure', 0);
    const { port } = azure.address() as AddressInfo;
    servers.push(incus, azure);
    await writeFile(
      inFolder('config.yaml'),
      `agentCount: 2
baseImage: debian/13
incus: {socket: ${inFolder('incus.sock')}}
stateDirectory: ${inFolder('state')}
controlSocket: ${inFolder('control.sock')}
http: {port: 0}
azure: {pat: token, url: "http://127.0.0.1:${port}/team", pool: Default}
${line}
`,
      { mode: 0o600 },
    );
  });
  afterAll(async () => {
    for (const server of servers) await new Promise(resolve => server.close(resolve));
    await rm(directory, { recursive: true });
  });

  async function listening(name: string, where: string | number): Promise<Server> {
    const server = createServer((_request, answer) => answer.end('{}')).on('connection', () => asked.push(name));
    return new Promise(resolve => {
      server.listen(typeof where === 'string' ? { path: where } : { port: where, host: '127.0.0.1' }, () =>
        resolve(server),
      );
    });
  }

  test.each(['check', '-run'])('%s -config says so, and asks nobody', async verb => {
    const path = inFolder('config.yaml');
    const ended = await runProgram([verb, '-config', path]);
    expect(ended).toEqual({ code: 2, stdout: '', stderr: `${message.replace('FILE', path)}\n` });
    expect(asked).toEqual([]);
    await expect(access(inFolder('state'))).rejects.toThrow('ENOENT');
    await expect(access(inFolder('control.sock'))).rejects.toThrow('ENOENT');
  });
});
