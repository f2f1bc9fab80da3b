import { expect, test } from 'vitest';
import { aPool } from '../../test/simulation/examples.js';
import type { PoolSpec } from './pool.js';
import { shapeOf } from './shape.js';

const { instance, base, azure, timeouts } = aPool();

test.each<[string, Partial<PoolSpec>]>([
  ['cores', { instance: { ...instance, cores: 2 } }],
  ['memory', { instance: { ...instance, memoryBytes: 1 } }],
  ['the disk', { instance: { ...instance, diskSizeBytes: 1 } }],
  ['processes', { instance: { ...instance, maxProcesses: 500 } }],
  ['the work folder', { workFolder: '/work' }],
  ['capabilities', { capabilities: { gpu: 'a100' } }],
  ['its own profiles', { fittings: { profiles: ['gpu'] } }],
  ['devices', { fittings: { devices: { kvm: { type: 'unix-char', source: '/dev/kvm' } } } }],
  ['a network of its own', { fittings: { network: 'ci' } }],
  ['a storage pool of its own', { fittings: { storagePool: 'fast' } }],
  ['how many files a process may open', { fittings: { limits: { nofile: 4096 } } }],
  ['how much memory a process may lock', { fittings: { limits: { memlock: 'unlimited' } } }],
  ['the folder of tools', { fittings: { toolFolder: '/opt/tools' } }],
  ['the agent pool', { azure: { ...azure, agentPool: 'other' } }],
  ['the server', { azure: { ...azure, url: 'https://other.test/org' } }],
])('%s shape an instance', (_, given) => {
  expect(shapeOf(aPool(given))).not.toBe(shapeOf(aPool()));
});

test.each<[string, Partial<PoolSpec>]>([
  ['how many there are', { agentCount: 7, standby: 1, reserve: 3 }],
  ['what an agent is told when it is activated', { environment: { A: 'b' } }],
  ['that it is given no capabilities', { capabilities: {} }],
  ['that it is given nothing beside the default profile', { fittings: {} }],
  ['deadlines', { timeouts: { ...timeouts, maxJobMs: 60_000 } }],
  ['what is in the base', { base: { ...base, tmpfsSizeBytes: 1, docker: true } }],
])('%s: no shape of an instance', (_, given) => {
  expect(shapeOf(aPool(given))).toBe(shapeOf(aPool()));
});
