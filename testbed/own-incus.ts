import { buildImage } from './image.js';
import type { PrivateIncusOptions } from './plan-run.js';
import { type PrivateIncus, startPrivateIncus } from './private-incus.js';
import { type Scenario, type ScenarioOptions, startScenario } from './scenario.js';
import { imageCacheDirectory } from './work-tree.js';

/** A private Incus that its user may break, and a scenario in it. */
export interface OwnIncus extends AsyncDisposable {
  readonly incus: PrivateIncus;
  readonly scenario: Scenario;
}

/** Starts both; `image` is the alias of the image in it, `debian` unless another is asked for. */
export async function startOwnIncus(
  options: PrivateIncusOptions,
  settings: ScenarioOptions['settings'] = {},
  more: Partial<Pick<ScenarioOptions, 'image' | 'emulator' | 'standIn'>> = {},
): Promise<OwnIncus> {
  const { signal } = options;
  const image = more.image ?? 'debian';
  const files = await buildImage({
    cacheDirectory: imageCacheDirectory(),
    ...(signal === undefined ? {} : { signal }),
  });
  const incus = await startPrivateIncus(options);
  try {
    await incus.importImage(files, image);
    const { socketPath, gateway, bridge, storagePool } = incus;
    const scenario = await startScenario({ ...more, socketPath, gateway, bridge, storagePool, image, settings });
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
