import { type IncusClient, ignoreNotFound, isIncusError } from 'incus-client';
import { MARKS } from '../../model/marks.js';
import type { BaseSpec } from '../../model/pool.js';
import { enabledUnits, guestFiles } from '../guest/files.js';
import type { AgentPackage } from './agent-package.js';
import { BaseBuildError, type BaseBuildStage } from './base-build-error.js';
import { cleanScript, installScript, librariesScript, tmpMount, waitForBoot } from './recipe.js';
import { type BaseUnderConstruction, runInBase, runScriptInBase } from './run-in-base.js';
import type { SourceImage } from './source-image.js';
import type { Steps } from './steps.js';
import { unpackAgent } from './unpack-agent.js';

export interface BuildBaseOptions {
  readonly client: IncusClient;
  readonly spec: BaseSpec;
  readonly image: SourceImage;
  /** Name of the instance that becomes the base. */
  readonly base: string;
  /** Keys that say whose it is; `MARKS`. State and agent version are added here. */
  readonly marks: Readonly<Record<string, string>>;
  readonly agentPackage: AgentPackage;
  /** The agent package on this machine; it is checked once more while it is unpacked. */
  readonly agentPackagePath: string;
  /** The steps that {@link buildSteps} counts are told here, and each line that is printed inside. */
  readonly steps: Steps;
  readonly signal: AbortSignal;
}

const minuteMs = 60_000;
const deadlines = {
  launchMs: 20 * minuteMs,
  bootMs: 3 * minuteMs,
  installMs: 20 * minuteMs,
  provisionMs: 60 * minuteMs,
  cleanMs: 2 * minuteMs,
  stopS: 60,
  removeMs: minuteMs,
} as const;

/** How many steps a build tells. */
export function buildSteps(spec: BaseSpec): number {
  return 5 + spec.provisionScripts.length;
}

/**
 * Builds a base: an instance that is made from the source image, gets all that the guest contract asks for, and is
 * stopped. It is ready when its key `user.iap.base.state` says so; one that is ready already is left alone, one that an
 * earlier build left half-made is replaced.
 *
 * @throws BaseBuildError, an IncusError, or the reason of the abort. The half-made instance is gone then.
 */
export async function buildBase(options: BuildBaseOptions): Promise<void> {
  const { client, base: name, steps, signal } = options;
  const { onProgress } = steps;
  const there = await ignoreNotFound(client.instances.get(name, { signal }));
  const state = there?.instance.config[MARKS.baseState];
  if (state === 'ready') return;
  if (there !== undefined && state !== 'building') {
    const why = 'an instance of that name is there and is no base; rename or delete it';
    throw new BaseBuildError('launch', `build base "${name}": ${why}`);
  }
  if (there !== undefined) await removeInstance(client, name);
  const base: BaseUnderConstruction = { client, name, onProgress, signal };
  try {
    await build(base, options);
  } catch (error) {
    await removeInstance(client, name).catch((cause: unknown) => {
      onProgress({ kind: 'line', text: `The half-made base "${name}" could not be deleted: ${String(cause)}` });
    });
    throw error;
  }
}

async function build(base: BaseUnderConstruction, options: BuildBaseOptions): Promise<void> {
  const { client, name, signal } = base;
  const { spec, agentPackage, steps } = options;

  await launch(base, options);
  const wait = { command: ['sh', '-c', waitForBoot] };
  await runInBase(base, 'boot', 'wait for the boot', wait, deadlines.bootMs);

  steps.next('Installing what the image lacks.');
  const install = { path: 'install', content: installScript, args: [spec.docker ? 'docker' : 'no-docker'] };
  await runScriptInBase(base, 'install', 'install what the image lacks', install, deadlines.installMs);
  await installGuestFiles(base, spec);

  steps.next(`Unpacking agent ${agentPackage.version}.`);
  await unpackAgent(base, options.agentPackagePath, agentPackage.sha256);
  const libraries = { path: 'libraries', content: librariesScript };
  await runScriptInBase(base, 'agent', "install the agent's libraries", libraries, deadlines.installMs);

  for (const script of spec.provisionScripts) {
    steps.next(`Running provision script "${script.path}".`);
    await runScriptInBase(base, 'provision', `run provision script "${script.path}"`, script, deadlines.provisionMs);
  }

  steps.next('Cleaning up.');
  const clean = { path: 'clean', content: cleanScript };
  await runScriptInBase(base, 'clean', 'clean up', clean, deadlines.cleanMs);
  steps.next('Stopping.');
  await stop(base);
  const ready = { [MARKS.baseAgentVersion]: agentPackage.version, [MARKS.baseState]: 'ready' };
  await client.instances.patch(name, { config: ready }, { signal });
  base.onProgress({ kind: 'line', text: `The base "${name}" is ready.` });
}

async function launch(base: BaseUnderConstruction, { spec, image, marks, steps }: BuildBaseOptions): Promise<void> {
  const { client, name, onProgress, signal } = base;
  const { source, identity } = image;
  steps.next(`Starting from image ${identity}.`);
  const config = {
    ...marks,
    [MARKS.baseState]: 'building',
    [MARKS.baseImage]: identity,
    'boot.autostart': 'false',
    'security.nesting': String(spec.docker),
  };
  const wait = { signal, deadlineMs: deadlines.launchMs };
  const progress = { ...wait, onProgress: ({ text }: { readonly text: string }) => onProgress({ kind: 'line', text }) };
  await client.instances.create({ name, source, config, ephemeral: false }, progress);
  await client.instances.start(name, wait);
}

async function installGuestFiles(base: BaseUnderConstruction, spec: BaseSpec): Promise<void> {
  const { client, name, signal } = base;
  for (const file of guestFiles) {
    await client.files.push(name, file.path, file.content, { uid: 0, gid: 0, mode: file.mode }, { signal });
  }
  const units = [...enabledUnits];
  if (spec.tmpfsSizeBytes !== undefined) {
    await client.files.push(name, '/etc/systemd/system/tmp.mount', tmpMount(spec.tmpfsSizeBytes), {}, { signal });
    units.push('tmp.mount');
  }
  const enable = { command: ['systemctl', '--quiet', 'enable', ...units] };
  await runInBase(base, 'install', 'enable the units', enable, minuteMs);
}

/** Graceful only: a base that was killed may lack what its programs had yet to write. */
async function stop({ client, name, signal }: BaseUnderConstruction): Promise<void> {
  await client.instances.stop(name, { timeoutS: deadlines.stopS }, { signal });
  const { instance } = await client.instances.get(name, { signal });
  if (instance.status === 'Stopped') return;
  const stage: BaseBuildStage = 'stop';
  throw new BaseBuildError(stage, `stop base "${name}": it was asked to and is ${instance.status} still`);
}

/** Removes an instance whatever it does; not being there is fine. It is not bound to a signal, which may be why. */
async function removeInstance(client: IncusClient, name: string): Promise<void> {
  const wait = { deadlineMs: deadlines.removeMs };
  try {
    await ignoreNotFound(client.instances.stop(name, { force: true }, wait));
  } catch (error) {
    if (!isIncusError(error, 'busy')) throw error;
  }
  await ignoreNotFound(client.instances.delete(name, wait));
}
