import type { BaseSpec, ProvisionScript } from '../../model/pool.js';
import { enabledUnits, guestFiles } from '../guest/files.js';
import { BaseBuildError } from './base-build-error.js';
import type { BuildBaseOptions, PackedAgent } from './build-options.js';
import { fitLimits, fitToolFolder, scriptVariables } from './fit-base.js';
import { configureDocker, finishDocker } from './fit-docker.js';
import { boot, create } from './launch.js';
import { mirrorScript } from './mirror-script.js';
import { trustAuthorities, useWayOut } from './reach.js';
import { cleanScript, installScript, librariesScript, tmpMount } from './recipe.js';
import { type BaseUnderConstruction, runInBase, runScriptInBase } from './run-in-base.js';
import { unpackAgent } from './unpack-agent.js';

/** Steps that are told, without those of the provision scripts. */
export const INSTALL_STEPS = 5;

const MINUTE_MS = 60_000;
const INSTALL_MS = 20 * MINUTE_MS;
const PROVISION_MS = 60 * MINUTE_MS;
const CLEAN_MS = 2 * MINUTE_MS;
const STOP_S = 60;

/** Puts all that the guest contract asks for into a copy of the source image, stops it, and returns the agent's version. */
export async function install(
  base: BaseUnderConstruction,
  options: BuildBaseOptions,
  agent: PackedAgent,
): Promise<string> {
  const { fittings = {}, image, spec, steps } = options;
  steps.next(`Starting from image ${image.identity}.`);
  await create(base, options);
  await boot(base);
  await useWayOut(base, options);
  await provision(base, options, 'before');

  steps.next('Installing what the image lacks.');
  if (spec.aptMirror !== undefined) {
    const mirror = { path: 'mirror', content: mirrorScript(spec.aptMirror) };
    await runScriptInBase(base, 'install', 'name the mirror of packages', mirror, MINUTE_MS);
  }
  const script = { path: 'install', content: installScript, args: [dockerWish(spec)] };
  await runScriptInBase(base, 'install', 'install what the image lacks', script, INSTALL_MS);
  if (spec.authorities !== undefined) await trustAuthorities(base);
  await installGuestFiles(base, spec);
  await fitLimits(base, fittings);

  steps.next(`Unpacking agent ${agent.version}.`);
  await unpackAgent(base, agent.path, agent.sha256);
  const libraries = { path: 'libraries', content: librariesScript };
  await runScriptInBase(base, 'agent', "install the agent's libraries", libraries, INSTALL_MS);

  await configureDocker(base, spec);
  await fitToolFolder(base, fittings);
  await provision(base, options, 'after');
  await fitToolFolder(base, fittings);
  await finishDocker(base, spec, steps);

  steps.next('Cleaning up.');
  const clean = { path: 'clean', content: cleanScript, args: [spec.ipv6 ? 'ipv6' : 'as-found'] };
  await runScriptInBase(base, 'clean', 'clean up', clean, CLEAN_MS);
  steps.next('Stopping.');
  await stop(base);
  return agent.version;
}

/** Runs the scripts of one moment, in their order. */
async function provision(
  base: BaseUnderConstruction,
  { fittings, spec, steps }: BuildBaseOptions,
  moment: ProvisionScript['when'],
): Promise<void> {
  const environment = scriptVariables(fittings);
  for (const script of spec.provisionScripts.filter(({ when }) => when === moment)) {
    const what = `provision script "${script.path}"`;
    steps.next(`Running ${what}.`);
    await runScriptInBase(base, 'provision', `run ${what}`, { ...script, environment }, PROVISION_MS);
  }
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
  await runInBase(base, 'install', 'enable the units', enable, MINUTE_MS);
}

/** Where a script brings docker, it is neither installed nor kept from starting. */
function dockerWish({ docker, dockerSpec }: BaseSpec): string {
  if (!docker) return 'no-docker';
  return dockerSpec?.source === 'script' ? 'docker-by-script' : 'docker';
}

/** Graceful only: a base that was killed may lack what its programs had yet to write. */
async function stop({ client, name, signal }: BaseUnderConstruction): Promise<void> {
  await client.instances.stop(name, { timeoutS: STOP_S }, { signal });
  const { instance } = await client.instances.get(name, { signal });
  if (instance.status === 'Stopped') return;
  throw new BaseBuildError('stop', `stop base "${name}": it was asked to and is ${instance.status} still`);
}
