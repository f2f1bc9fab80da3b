/** Docker in a base: its configuration, a look at its storage driver, and the images that are there in every agent. */
import { createReadStream } from 'node:fs';
import { ignoreNotFound } from 'incus-client';
import { type DockerDaemonSpec, type DockerSpec, PLAIN_DOCKER, type PreloadedImage } from '../../model/docker-spec.js';
import type { BaseSpec } from '../../model/pool.js';
import { AGENT_USER } from '../guest/layout.js';
import { BaseBuildError } from './base-build-error.js';
import { type BaseUnderConstruction, runInBase, runScriptInBase } from './run-in-base.js';
import type { Steps } from './steps.js';

const MINUTE_MS = 60_000;
const START_MS = 3 * MINUTE_MS;
const PRELOAD_MS = 60 * MINUTE_MS;

const CONFIGURATION = '/etc/docker/daemon.json';

/** The one storage driver that shares what images have in common and works in a guest on every storage pool. */
const DRIVER = 'overlay2';

/** Starts docker with the configuration that it has now, and gives the agent the right to use it. */
const startScript = `#!/bin/bash
set -euo pipefail
if ! command -v dockerd >/dev/null || ! command -v docker >/dev/null; then
  echo 'docker is not in this base, and docker.source is script: let a provision script install it'
  exit 1
fi
systemctl --quiet enable docker.service
if getent group docker >/dev/null; then usermod --append --groups docker ${AGENT_USER.name}; fi
if ! systemctl restart docker.service; then
  journalctl --unit=docker.service --no-pager --output=cat --lines=40
  exit 1
fi
`;

/** Says which storage driver docker has, and fails where it is another one than ${DRIVER}. */
const driverScript = `#!/bin/bash
set -uo pipefail
driver=$(timeout 120 sh -c 'until docker info --format "{{.Driver}}" 2>/dev/null; do sleep 0.5; done')
if [ "$driver" != ${DRIVER} ]; then
  journalctl --unit=docker.service --no-pager --output=cat --lines=20
  echo "docker has the storage driver \${driver:-none}, and agents need ${DRIVER}: see that the storage pool is one that overlayfs works on"
  exit 1
fi
`;

/** The scripts, for the digest of bases. */
export const dockerScripts = [startScript, driverScript, DRIVER];

/** How many steps of a build are told that have to do with docker. */
export function dockerSteps({ docker, dockerSpec = PLAIN_DOCKER }: BaseSpec): number {
  return docker ? 1 + dockerSpec.preload.length : 0;
}

/** Configures the distribution's docker before provision scripts use it. */
export async function configureDocker(
  base: BaseUnderConstruction,
  { docker, dockerSpec = PLAIN_DOCKER }: BaseSpec,
): Promise<void> {
  if (docker && dockerSpec.source === 'distribution') await configure(base, dockerSpec);
}

/** Sees to it that docker is as agents need it, and puts the images into it. */
export async function finishDocker(
  base: BaseUnderConstruction,
  { docker, dockerSpec = PLAIN_DOCKER }: BaseSpec,
  steps: Steps,
): Promise<void> {
  if (!docker) return;
  steps.next('Looking at docker.');
  if (dockerSpec.source === 'script') await configure(base, dockerSpec);
  await checkDriver(base);
  for (const image of dockerSpec.preload) await preload(base, image, steps);
}

/** Looks whether docker stores images in the way that agents need. @throws BaseBuildError with the reason. */
export async function checkDriver(base: BaseUnderConstruction): Promise<void> {
  await runScriptInBase(base, 'docker', 'look at docker', { path: 'docker-driver', content: driverScript }, START_MS);
}

/** What docker's configuration is to say, with what the image says of its own. @throws BaseBuildError when that is not to be read. */
export function daemonConfiguration(found: string | undefined, daemon: DockerDaemonSpec): string {
  const own = found === undefined || found.trim() === '' ? {} : parsed(found);
  return `${JSON.stringify({ ...own, ...daemon, 'storage-driver': DRIVER }, undefined, 2)}\n`;
}

function parsed(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Told below, as for a value of another kind.
  }
  throw new BaseBuildError(
    'docker',
    `configure docker: ${CONFIGURATION} of the image is no JSON object; mend it there`,
  );
}

async function configure(base: BaseUnderConstruction, { daemon }: DockerSpec): Promise<void> {
  const { client, name, signal } = base;
  await client.files.makeDirectory(name, '/etc/docker', { mode: 0o755 }, { signal });
  const file = await ignoreNotFound(client.files.pull(name, CONFIGURATION, { signal }));
  const found = file === undefined || file.type === 'directory' ? undefined : Buffer.from(file.content).toString();
  const text = daemonConfiguration(found, daemon);
  await client.files.push(name, CONFIGURATION, text, { uid: 0, gid: 0, mode: 0o644 }, { signal });
  await runScriptInBase(base, 'docker', 'start docker', { path: 'docker-start', content: startScript }, START_MS);
}

async function preload(base: BaseUnderConstruction, image: PreloadedImage, steps: Steps): Promise<void> {
  if (image.kind === 'pull') {
    steps.next(`Pulling image ${image.reference}.`);
    const command = ['docker', 'pull', '--quiet', image.reference];
    await runInBase(base, 'docker', `pull image ${image.reference}`, { command }, PRELOAD_MS);
    return;
  }
  steps.next(`Loading images of ${image.path}.`);
  const request = { command: ['docker', 'load'], stdin: chunksOf(image.path) };
  await runInBase(base, 'docker', `load images of ${image.path}`, request, PRELOAD_MS);
}

async function* chunksOf(path: string): AsyncGenerator<Uint8Array> {
  for await (const chunk of createReadStream(path, { highWaterMark: 256 * 1024 }))
    if (chunk instanceof Uint8Array) yield chunk;
}
