import { expect, test } from 'vitest';
import { parseConfig } from './load.js';

const HOST = { variables: {}, hostname: 'host', cores: 4, memoryBytes: 16 * 2 ** 30 };

async function warningsOf(reserve: string, more = ''): Promise<string[]> {
  const file = `
agentCount: 2
baseImage: ubuntu/24.04
maxRamInGb: 2
hostReserve: ${reserve}
azure: {pat: {env: PAT}, url: 'https://dev.azure.com/contoso', pool: Default}
${more}`;
  const environment = { ...HOST, variables: { PAT: 's3cr3t-t0k3n' } };
  const { warnings } = await parseConfig(file, '/etc/config.yaml', environment);
  return warnings.map(({ column, key, line, problem, remedy }) => `${line}:${column}: ${key}: ${problem}; ${remedy}`);
}

test('warns of a reserve that leaves nothing of the host', async () => {
  expect(await warningsOf('{memory: 14.5, cores: 4}')).toEqual([
    '5:23: hostReserve.memory: this host has 16 GiB of memory, which leaves no room for an instance with maxRamInGb: 2: none would be created; keep less of it, or give instances less',
    '5:36: hostReserve.cores: this host has 4 cores, and none would be left; keep fewer',
  ]);
});

test('is content with a reserve that leaves room for one instance', async () => {
  expect(await warningsOf('{memory: 13.5, disk: 500, cores: 3}')).toEqual([]);
});

test('knows nothing of another host', async () => {
  const incus = 'incus: {url: "https://incus.example:8443"}';
  expect(await warningsOf('{memory: 64, cores: 64}', incus)).toEqual([]);
});
