import type { ReadStream, WriteStream } from 'node:tty';
import { expect, onTestFinished, test } from 'vitest';
import { ONE_POOL, useConfigFolder } from '../../test/config-folder.js';
import { ScriptedIncus } from '../../test/scripted-incus.js';
import { openShell } from './shell.js';

const folder = useConfigFolder();
/** A terminal as far as it is asked whether it is one. */
const TERMINAL = {
  stdin: { isTTY: true } as ReadStream,
  stdout: { isTTY: true, columns: 80, rows: 24 } as WriteStream,
};
const SILENT = { complain: () => {} };

/** Opens a shell where Incus answers the question for instances as told. */
async function opened(answer: () => number | object): Promise<void> {
  const incus = await ScriptedIncus.start(call => (call === 'GET /1.0/instances' ? answer() : 404));
  onTestFinished(() => incus[Symbol.asyncDispose]());
  await folder.write('token', 'secret');
  const config = await folder.write('config.yaml', `${ONE_POOL}incus: {socket: ${incus.socketPath}}\n`);
  await openShell('ci-1', { config }, SILENT, TERMINAL);
}

test('a shell that is told to stop while it is being opened ends without a complaint', async () => {
  const others = process.listeners('SIGTERM');
  const stop = () => {
    for (const listener of process.listeners('SIGTERM')) if (!others.includes(listener)) listener('SIGTERM');
    return [];
  };
  await expect(opened(stop)).resolves.toBeUndefined();
});

test('a shell in no guest is refused with a remedy', async () => {
  await expect(opened(() => [])).rejects.toThrow('no agent "ci-1" lives');
});

test('where there is no terminal none is opened', async () => {
  const streams = { ...TERMINAL, stdin: { isTTY: false } as ReadStream };
  await expect(openShell('ci-1', { config: '/nowhere' }, SILENT, streams)).rejects.toThrow('there is no terminal here');
});
