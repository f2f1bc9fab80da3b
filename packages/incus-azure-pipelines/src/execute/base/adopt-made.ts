import type { BuildBaseOptions } from './build-options.js';
import { checkContract, checkIdentity } from './check-contract.js';
import { checkDriver } from './fit-docker.js';
import { boot, create } from './launch.js';
import { removeInstance } from './remove-instance.js';
import type { BaseUnderConstruction } from './run-in-base.js';

/** Steps that are told. */
export const MADE_STEPS = 3;

/**
 * Takes a base that somebody has made by hand. A copy of it is looked at while it runs; another one, which never ran,
 * becomes the base, so that what was made is left as it is. Returns the version of the agent in it.
 */
export async function adoptMade(base: BaseUnderConstruction, options: BuildBaseOptions): Promise<string> {
  const { image, spec, steps } = options;
  const source = spec.image.alias;
  steps.next(`Starting a copy of ${image.identity}.`);
  await create(base, options);
  await checkIdentity(base, source);
  await boot(base);
  steps.next('Checking that it keeps the guest contract.');
  const version = await checkContract(base, source, spec.docker);
  if (spec.docker) await checkDriver(base);
  steps.next('Copying it anew.');
  await removeInstance(base.client, base.name);
  await create(base, options);
  return version;
}
