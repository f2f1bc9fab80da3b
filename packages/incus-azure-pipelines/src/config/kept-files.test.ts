import { expect, it } from 'vitest';
import { keptFiles } from './kept-files.js';

const AROUND = { configPath: '/srv/ci/config.yaml', directory: '/srv/ci' };

it('keeps the configuration, its secrets, its keys and its sockets, by the paths that they have', () => {
  const file = {
    stateDirectory: 'state',
    controlSocket: '/srv/control.sock',
    incus: { socket: '/srv/incus/unix.socket', certificate: 'client.pem', key: 'client.key' },
    proxy: { user: 'builds', password: { file: 'secrets/proxy' } },
  };
  const settings = { azure: { pat: { file: 'secrets/pat' } } };
  const pool = { name: 'linux', settings, path: (...keys: readonly (string | number)[]) => keys };
  expect(keptFiles(file, [pool], AROUND).toSorted()).toEqual([
    '/srv/ci/client.key',
    '/srv/ci/client.pem',
    '/srv/ci/config.yaml',
    '/srv/ci/secrets/pat',
    '/srv/ci/secrets/proxy',
    '/srv/ci/state',
    '/srv/control.sock',
    '/srv/incus/unix.socket',
  ]);
});
