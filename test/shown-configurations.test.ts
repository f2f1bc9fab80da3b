import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseConfig } from '../packages/incus-azure-pipelines/src/config/load.js';
import { makeTestCertificate } from '../packages/incus-azure-pipelines/test/token-endpoint.js';
import { documents, ROOT } from './markdown.js';

describe('a configuration that is shown', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'iap-documents-'));
    await writeFile(join(folder, 'script'), 'true\n');
    await writeFile(join(folder, 'mirror.asc'), '-----BEGIN PGP PUBLIC KEY BLOCK-----\n');
    await writeFile(join(folder, 'token'), 'token\n', { mode: 0o600 });
    await using made = await makeTestCertificate();
    await writeFile(join(folder, 'authority.crt'), made.cert);
    await writeFile(join(folder, 'certificate'), `${made.cert}${made.key}`, { mode: 0o600 });
  });
  afterAll(() => rm(folder, { recursive: true }));

  const shown = [...documents].flatMap(([path, markdown]) =>
    [...markdown.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map((match, index) => ({
      where: `${path}, block ${index + 1}`,
      text: match[1] ?? '',
    })),
  );
  const example = {
    where: 'deploy/config.example.yaml',
    text: readFileSync(join(ROOT, 'deploy/config.example.yaml'), 'utf8'),
  };

  test.each([...shown, example])('is accepted: $where', async ({ text }) => {
    // What is about signing in alone is shown without the rest.
    const rest = text.startsWith('azure:') ? 'agentCount: 2\nbaseImage: ubuntu/24.04\n' : '';
    const real = `${rest}${text}`
      .replaceAll('<my-organization>', 'contoso')
      .replaceAll(/^(\s*- )\/\S+$/gm, `$1${join(folder, 'script')}`)
      .replaceAll(/(\{path: |agentPackage: )\/[^\s,}]+/g, `$1${join(folder, 'script')}`)
      .replaceAll(/(key: )\/\S+\.asc/g, `$1${join(folder, 'mirror.asc')}`)
      .replaceAll(/(file: |tokenFile: )\/[^\s}]+/g, `$1${join(folder, 'token')}`)
      .replaceAll(/(certificate: )\/[^\s}]+/g, `$1${join(folder, 'certificate')}`)
      .replaceAll(/(caCertificates: \[)\/[^\s,\]]+/g, `$1${join(folder, 'authority.crt')}`)
      .replaceAll(/(run: \[)\/[^\s,\]]+/g, '$1/bin/true');
    const { spec } = await parseConfig(real, join(folder, 'config.yaml'));
    expect(spec.pools).not.toEqual([]);
  });
});
