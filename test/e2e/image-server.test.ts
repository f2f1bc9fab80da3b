import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { describeOnIncus } from '../../testbed/for-tests.js';
import { buildImage } from '../../testbed/image.js';
import type { PrivateIncusOptions } from '../../testbed/plan-run.js';
import { startPrivateIncus } from '../../testbed/private-incus.js';
import { type Scenario, startScenario } from '../../testbed/scenario.js';
import { imageCacheDirectory } from '../../testbed/work-tree.js';
import { whenPool } from './daemon-status.js';
import { serveImage } from './simplestreams.js';
import { agentsOnline, startDaemon } from './waiting.js';

describeOnIncus('the source image', testbed => {
  test('comes from a simplestreams server', { timeout: 300_000 }, async () => {
    const directory = await mkdtemp(join(tmpdir(), 'iap-streams-'));
    onTestFinished(() => rm(directory, { recursive: true }));
    const files = await buildImage({ cacheDirectory: imageCacheDirectory() });
    const server = await serveImage(files, 'ubuntu/24.04,ubuntu/noble', directory);
    onTestFinished(() => server[Symbol.asyncDispose]());
    const scenario = await startWithoutImages(
      { env: { SSL_CERT_FILE: server.authorityPath } },
      {
        baseImage: 'ubuntu/24.04',
        imageServer: { url: server.url, protocol: 'simplestreams' },
      },
    );
    await expectJob(scenario);
    expect(server.asked).toContain('/images/rootfs.squashfs');
  });

  test('comes from another Incus, whose certificate is in the configuration', { timeout: 300_000 }, async () => {
    const address = `127.0.0.1:${await freePort()}`;
    const other = await startPrivateIncus({ storageDriver: 'dir', httpsAddress: address });
    onTestFinished(() => other[Symbol.asyncDispose]());
    const { metadata, rootfs } = await buildImage({ cacheDirectory: imageCacheDirectory() });
    await other.incus(['image', 'import', metadata, rootfs, '--alias', 'stock/debian', '--public']);
    const certificate = join(other.directory, 'server.crt');
    const scenario = await startWithoutImages(
      {},
      {
        baseImage: 'other:stock/debian',
        remotes: { other: { url: `https://${address}`, protocol: 'incus', certificate } },
      },
    );
    await expectJob(scenario);
  });

  test('that no server has is named in the status', async () => {
    const scenario = await startScenario({ ...testbed(), settings: { baseImage: 'local:no-such-image' } });
    onTestFinished(() => scenario[Symbol.asyncDispose]());
    const daemon = startDaemon(scenario);
    await daemon.seen(line => line.msg === 'running');
    const { waiting } = await whenPool(scenario, daemon, pool => pool.waiting?.includes('cannot be named') === true);
    expect(waiting).toMatch(/find source image "no-such-image": project ".*" has no image of that alias; import one/);
    expect(await daemon.end()).toBe(0);
  });
});

/** A scenario in a private Incus that has no image at all. */
async function startWithoutImages(
  options: PrivateIncusOptions,
  settings: Readonly<Record<string, unknown>>,
): Promise<Scenario> {
  const incus = await startPrivateIncus({ storageSizeGiB: 5, ...options });
  onTestFinished(() => incus[Symbol.asyncDispose]());
  const { socketPath, gateway, bridge, storagePool } = incus;
  const scenario = await startScenario({
    socketPath,
    gateway,
    bridge,
    storagePool,
    image: 'none',
    settings: { agentCount: 1, ...settings },
  });
  onTestFinished(() => scenario[Symbol.asyncDispose]());
  // That of a confined one.
  for (const { fingerprint } of await scenario.incus.images.list()) await scenario.incus.images.delete(fingerprint);
  return scenario;
}

async function expectJob(scenario: Scenario): Promise<void> {
  const daemon = startDaemon(scenario);
  await agentsOnline(scenario.emulator, 1);
  const job = await scenario.emulator.queueJob({ name: 'one', steps: [{ script: 'echo "on $(hostname)"' }] }).finished;
  expect(job.result).toBe('succeeded');
  expect(job.lines).toContain(`on ${job.agentName}`);
  expect(await daemon.end()).toBe(0);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
