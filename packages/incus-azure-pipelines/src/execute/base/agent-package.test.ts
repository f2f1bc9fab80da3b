import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AzurePipelinesError, type PackageMetadata } from 'azure-pipelines-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { agentPlatform, describeAgentFile, findServerAgent } from './agent-package.js';

const signal = new AbortController().signal;
const sha256 = createHash('sha256').update('an archive').digest('hex');
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'agent-package-'));
});

afterAll(async () => {
  await rm(directory, { recursive: true });
});

describe('an agent package that is a file', () => {
  test.each([
    ['vsts-agent-linux-x64-4.275.0.tar.gz', '4.275.0'],
    ['pipelines-agent-linux-arm64-5.1.12.tar.gz', '5.1.12'],
    ['agent.tar.gz', `local-${sha256.slice(0, 8)}`],
  ])('%s is of version %s', async (name, version) => {
    const path = join(directory, name);
    await writeFile(path, 'an archive');
    expect(await describeAgentFile(path, signal)).toEqual({ version, sha256, from: { kind: 'file', path } });
  });

  test('that is not there is named in the error', async () => {
    const path = join(directory, 'absent.tar.gz');
    await expect(describeAgentFile(path, signal)).rejects.toThrow(`read agent package ${path}: ENOENT`);
  });
});

describe('an agent package of the server', () => {
  const latest = { kind: 'latest' } as const;

  test('is the version that was asked for, or none', async () => {
    const wish = (version: string) => ({ kind: 'version', version }) as const;
    const older = { ...offer, version: { major: 4, minor: 200, patch: 1 } };
    const found = await findServerAgent(serverWith(offer, older), wish('4.200.1'), 'linux-x64', signal);
    expect(found.version).toBe('4.200.1');
    await expect(findServerAgent(serverWith(offer), wish('4.1.0'), 'linux-x64', signal)).rejects.toThrow(
      'find agent package 4.1.0 for linux-x64 at https://dev.example/collection: the server offers none; correct agentVersion, or give agentPackage, a file on this host',
    );
  });

  test('is the one that it offers, with the hash in its common form', async () => {
    const found = await findServerAgent(serverWith(offer), latest, 'linux-x64', signal);
    expect(found).toEqual({ version: '4.275.0', sha256, from: { kind: 'url', url: offer.downloadUrl } });
  });

  test.each<[string, PackageMetadata | undefined, RegExp]>([
    ['without any', undefined, /the server offers none/],
    ['without a hash', { ...offer, hashValue: '' }, /gives no SHA-256/],
    ['with another kind of hash', { ...offer, hashValue: 'd41d8cd98f00b204e9800998ecf8427e' }, /gives no SHA-256/],
  ])('%s is refused', async (_what, given, message) => {
    await expect(findServerAgent(serverWith(given), latest, 'linux-x64', signal)).rejects.toThrow(message);
  });
});

test('platforms are named for the architectures that there is an agent for', () => {
  expect(agentPlatform('x86_64')).toBe('linux-x64');
  expect(agentPlatform('aarch64')).toBe('linux-arm64');
  expect(() => agentPlatform('s390x')).toThrow(/no agent for architecture "s390x"/);
});

const offer: PackageMetadata = {
  type: 'agent',
  platform: 'linux-x64',
  version: { major: 4, minor: 275, patch: 0 },
  downloadUrl: 'https://download.example/agent.tar.gz',
  hashValue: sha256.toUpperCase().replaceAll(/(..)(?!$)/g, '$1-'),
};

function serverWith(newest: PackageMetadata | undefined, ...older: readonly PackageMetadata[]) {
  const get = async ({ version }: { version: string }) => {
    const found = older.find(({ version: { major, minor, patch } }) => `${major}.${minor}.${patch}` === version);
    if (found === undefined) throw new AzurePipelinesError('not-found', 'no such package');
    return found;
  };
  return { url: 'https://dev.example/collection', packages: { latest: async () => newest, get } };
}
