import { ignoreNotFound, type StringMap } from 'incus-client';
import { MARKS } from '../../model/marks.js';
import type { BaseSpec } from '../../model/pool.js';
import type { StorageFacts } from '../../model/storage.js';
import { adoptMade, MADE_STEPS } from './adopt-made.js';
import { BaseBuildError } from './base-build-error.js';
import type { BuildBaseOptions } from './build-options.js';
import { dockerSteps } from './fit-docker.js';
import { INSTALL_STEPS, install } from './install.js';
import { measureCopy } from './measure-copy.js';
import { removeInstance } from './remove-instance.js';
import type { BaseUnderConstruction } from './run-in-base.js';

/** How many steps a build tells. */
export function buildSteps(spec: BaseSpec, storage: StorageFacts | undefined): number {
  const { isMade, provisionScripts } = spec;
  const installed = INSTALL_STEPS + provisionScripts.length + dockerSteps(spec);
  return (isMade ? MADE_STEPS : installed) + (storage?.copiesOnWrite === false ? 1 : 0);
}

/**
 * Builds a base: an instance that is made from the source image, gets all that the guest contract asks for unless it has
 * it already, and is stopped. It is ready when its key `user.iap.base.state` says so; one that is ready already is left
 * alone, one that an earlier build left half-made is replaced.
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
  const { client, name, onProgress, signal } = base;
  const agentVersion = await (options.agent === undefined
    ? adoptMade(base, options)
    : install(base, options, options.agent));
  const cost = await costOf(options);
  const ready = { ...cost, [MARKS.baseAgentVersion]: agentVersion, [MARKS.baseState]: 'ready' };
  await client.instances.patch(name, { config: ready }, { signal });
  onProgress({ kind: 'line', text: `The base "${name}" is ready.` });
}

/** The mark that says what a copy costs; none where it costs nothing. */
async function costOf({ client, base, marks, storage, steps, signal }: BuildBaseOptions): Promise<StringMap> {
  if (storage === undefined || storage.copiesOnWrite) return {};
  steps.next(`Measuring a copy: storage pool "${storage.pool}" (${storage.driver}) cannot copy on write.`);
  const now = () => performance.now();
  const { ms, bytes } = await measureCopy({ client, base, marks, storage, now, signal });
  return { [MARKS.baseCopy]: bytes === undefined ? `${ms}` : `${ms} ${bytes}` };
}
