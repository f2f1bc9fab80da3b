import { expect, test } from 'vitest';
import { aPool } from '../../test/simulation/examples.js';
import { overcommitment, sayOvercommitment } from './overcommitment.js';

const GIB = 2 ** 30;
const HOST = { cores: 8, memoryBytes: 16 * GIB };
const HERE = { kind: 'unix', socketPath: undefined } as const;
const POOL = aPool({
  agentCount: 4,
  reserve: 1,
  instance: { cores: 2, memoryBytes: 4 * GIB, diskSizeBytes: 20 * GIB, maxProcesses: 1000 },
});

test('tells what all pools may take at their most', () => {
  const spec = { pools: [POOL], incus: HERE, hostReserve: { memoryBytes: 2 * GIB, diskBytes: 10 * GIB, cores: 1 } };
  const found = overcommitment(spec, HOST);
  expect(found).toEqual({
    instances: 7,
    memoryBytes: { most: 29 * GIB, kept: 2 * GIB, has: 16 * GIB, times: 29 / 14 },
    cores: { most: 14, kept: 1, has: 8, times: 2 },
    diskBytes: { most: 141 * GIB, kept: 10 * GIB },
  });
  expect(sayOvercommitment(found)).toEqual([
    '7 instances at most and a build of a base may take 29 GiB of memory, of 16 GiB of the host less 2 GiB that stay free: overcommitted 2.1 times.',
    '7 instances at most see 14 cores, of 8 of the host less 1 that stay free: overcommitted 2.0 times.',
    '7 instances at most and a build of a base may take 141 GiB of disk, and 10 GiB stay free.',
  ]);
});

test('takes nothing for what another host has', () => {
  const incus = {
    kind: 'https',
    url: 'https://incus.example:8443',
    certificatePath: '',
    keyPath: '',
    serverCertificatePath: undefined,
  } as const;
  const found = overcommitment({ pools: [POOL], incus, hostReserve: { memoryBytes: 2 * GIB } }, HOST);
  expect(sayOvercommitment(found)[0]).toBe(
    '7 instances at most and a build of a base may take 29 GiB of memory, and 2 GiB stay free.',
  );
});

test('says nothing where nothing is to stay free', () => {
  expect(sayOvercommitment(overcommitment({ pools: [POOL], incus: HERE }, HOST))).toEqual([]);
});
