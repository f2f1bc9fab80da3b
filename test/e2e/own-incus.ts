import { buildImage } from '../../testbed/image.js';
import type { PrivateIncusOptions } from '../../testbed/plan-run.js';
import { type PrivateIncus, startPrivateIncus } from '../../testbed/private-incus.js';
import { type Scenario, type ScenarioOptions, startScenario } from '../../testbed/scenario.js';
import { imageCacheDirectory } from '../../testbed/work-tree.js';

/** A private Incus that one test may break, and a scenario in it. */
export interface OwnIncus extends AsyncDisposable {
  readonly incus: PrivateIncus;
  readonly scenario: Scenario;
}

/** Starts both; `debian` is the alias of the image in it, unless there is to be none. */
export async function startOwnIncus(
  options: PrivateIncusOptions,
  settings: ScenarioOptions['settings'] = {},
  { image = 'debian' }: { readonly image?: string | undefined } = {},
): Promise<OwnIncus> {
  const incus = await startPrivateIncus(options);
  try {
    await incus.importImage(await buildImage({ cacheDirectory: imageCacheDirectory() }), image);
    const { socketPath, gateway, bridge, storagePool } = incus;
    const scenario = await startScenario({ socketPath, gateway, bridge, storagePool, image, settings });
    return {
      incus,
      scenario,
      async [Symbol.asyncDispose]() {
        await scenario[Symbol.asyncDispose]();
        await incus[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await incus[Symbol.asyncDispose]();
    throw error;
  }
}
