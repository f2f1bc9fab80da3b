import { MARKS } from '../../model/marks.js';
import type { BuildBaseOptions } from './build-options.js';
import { waitForBoot } from './recipe.js';
import { type BaseUnderConstruction, runInBase } from './run-in-base.js';

const MINUTE_MS = 60_000;
const CREATE_MS = 20 * MINUTE_MS;
const BOOT_MS = 3 * MINUTE_MS;

/** Makes the instance that becomes the base; it does not run yet. */
export async function create(
  base: BaseUnderConstruction,
  { devices = {}, spec, image, isolation, marks }: BuildBaseOptions,
): Promise<void> {
  const { client, name, onProgress, signal } = base;
  const config = {
    ...marks,
    [MARKS.baseState]: 'building',
    [MARKS.baseImage]: image.identity,
    'boot.autostart': 'false',
    'security.nesting': String(spec.docker),
  };
  await isolation.creating(keys =>
    client.instances.create(
      { name, source: image.source, config: { ...config, ...keys }, devices, ephemeral: false },
      { signal, deadlineMs: CREATE_MS, onProgress: ({ text }) => onProgress({ kind: 'line', text }) },
    ),
  );
}

/** Starts it, and waits until it has booted and has a network. */
export async function boot(base: BaseUnderConstruction): Promise<void> {
  await base.client.instances.start(base.name, { signal: base.signal, deadlineMs: CREATE_MS });
  await runInBase(base, 'boot', 'wait for the boot', { command: ['sh', '-c', waitForBoot] }, BOOT_MS);
}
