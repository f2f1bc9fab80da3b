import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Organisation } from '../../test/scripted-agent.js';

const CONTENT = 'a tarball';
const sha256 = createHash('sha256').update(CONTENT).digest('hex');
const PATH = '/_apis/distributedtask/packages/agent';
let directory = '';

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'emulator-package-'));
  await writeFile(join(directory, 'agent.tar.gz'), CONTENT);
});
afterAll(() => rm(directory, { recursive: true }));

describe('agent packages', () => {
  it('are found by platform and fetched without a credential', async () => {
    const agentPackage = { path: join(directory, 'agent.tar.gz'), version: '4.275.3', sha256 };
    using organisation = new Organisation({ agentPackage });
    const { body } = await organisation.admin('GET', `${PATH}?platform=linux-arm64&$top=1`);
    expect(body).toMatchObject({
      count: 1,
      value: [{ platform: 'linux-arm64', version: { major: 4, minor: 275, patch: 3 }, hashValue: sha256 }],
    });
    const { downloadUrl } = body.value[0];
    const fetched = await organisation.send('GET', downloadUrl.replace('http://emulator.test/emulated', ''));
    expect(fetched.body).toBe(CONTENT);
    expect((await organisation.admin('GET', `${PATH}/linux-x64/4.275.3`)).body.platform).toBe('linux-x64');
    expect((await organisation.admin('GET', `${PATH}/linux-x64/4.0.0`)).status).toBe(404);
    expect((await organisation.admin('GET', `${PATH}/win-x64`)).body.count).toBe(0);
  });

  it('are none when none is served', async () => {
    using organisation = new Organisation();
    expect((await organisation.admin('GET', `${PATH}?platform=linux-x64`)).body).toEqual({ count: 0, value: [] });
  });
});
