import { expect, test } from 'vitest';
import { aPool } from '../../test/simulation/examples.js';
import { type RoomSources, readHostRoom } from './host-room.js';

const { signal } = new AbortController();
const REMOTE = {
  kind: 'https',
  url: 'https://incus.example:8443',
  certificatePath: '',
  keyPath: '',
  serverCertificatePath: undefined,
} as const;
const RESERVE = { memoryBytes: 1, diskBytes: 1, cores: 1 };

function sources(spec: Partial<RoomSources['spec']>, free: Readonly<Record<string, number>> = { default: 30 }) {
  const calls: string[] = [];
  const server = {
    resources: async () => {
      calls.push('resources');
      return { cpu: { architecture: 'x86_64', total: 8 }, load: { Average1Min: 2.5 }, memory: { used: 3, total: 10 } };
    },
    storagePools: {
      resources: async (name: string) => {
        calls.push(name);
        const left = free[name];
        if (left === undefined) throw new Error(`read ${name}: forbidden`);
        return { space: { used: 70, total: 70 + left }, inodes: { used: 0, total: 0 } };
      },
    },
  };
  const pools = [aPool()];
  return {
    calls,
    incus: { server: server as unknown as RoomSources['incus']['server'] },
    spec: { pools, incus: REMOTE, ...spec },
    rootDisk: { pool: 'default' },
    storage: undefined,
    storages: new Map(),
  };
}

test('asks nobody where nothing is to stay free', async () => {
  const from = sources({});
  expect([await readHostRoom(from, 7, signal), from.calls]).toEqual([undefined, []]);
});

test('asks an Incus on another host what that has free', async () => {
  const room = await readHostRoom(sources({ hostReserve: RESERVE }), 7, signal);
  expect(room).toEqual({ at: 7, memoryBytes: 7, cores: 5.5, diskBytes: 30 });
});

test('asks this host itself for its memory and cores', async () => {
  const from = sources({ hostReserve: { memoryBytes: 1 }, incus: { kind: 'unix', socketPath: undefined } });
  expect(await readHostRoom(from, 7, signal)).toEqual({
    at: 7,
    memoryBytes: expect.any(Number),
    cores: expect.any(Number),
  });
  expect(from.calls).toEqual([]);
});

test('goes by the fullest of several storage pools', async () => {
  const pools = [aPool(), aPool({ fittings: { storagePool: 'fast' } })];
  const from = sources({ hostReserve: { diskBytes: 1 }, pools }, { default: 30, fast: 12 });
  expect(await readHostRoom(from, 7, signal)).toEqual({ at: 7, diskBytes: 12 });
});

test('leaves out what cannot be read, and says why', async () => {
  const room = await readHostRoom(sources({ hostReserve: RESERVE }, {}), 7, signal);
  expect(room).toEqual({ at: 7, memoryBytes: 7, cores: 5.5, error: 'read default: forbidden' });
});
