import { access, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { DaemonProcess } from '../../testbed/daemon-process.js';

test.each(['SIGTERM', 'SIGINT'] as const)('%s ends a start that waits for Incus, quietly and well', async name => {
  const directory = await mkdtemp(join(tmpdir(), 'stopped-start-'));
  const socket = join(directory, 'incus.sock');
  let called = () => {};
  const asked = new Promise<void>(resolve => {
    called = resolve;
  });
  const incus = createServer(() => called()).listen(socket);
  onTestFinished(async () => {
    incus.closeAllConnections();
    incus.close();
    await rm(directory, { recursive: true });
  });
  const path = join(directory, 'config.json');
  const config = {
    agentCount: 1,
    baseImage: 'debian/13',
    incus: { socket },
    stateDirectory: join(directory, 'state'),
    controlSocket: join(directory, 'control.sock'),
    http: false,
    azure: { pat: 'token', url: 'http://127.0.0.1:9/team', pool: 'Default' },
  };
  await writeFile(path, JSON.stringify(config), { mode: 0o600 });
  const daemon = new DaemonProcess(['run', '--config', path]);
  await asked;
  expect(await daemon.end(name)).toBe(0);
  expect(daemon.stderr).toBe('');
  expect(daemon.log.map(line => line.msg).filter(msg => msg !== 'configuration')).toEqual([
    'stopping; agents go on',
    'stopped',
  ]);
  await expect(access(join(directory, 'state'))).rejects.toThrow('ENOENT');
});
