import type { Action } from '../model/action.js';
import { CONTRACT, MARKS } from '../model/marks.js';
import type { OnProgress } from '../model/progress.js';
import { buildBase, buildSteps } from './base/build-base.js';
import { planBase } from './base/plan-base.js';
import { Steps } from './base/steps.js';
import { placeOf } from './devices-of.js';
import { type ExecutorParts, poolOf } from './parts.js';

/** Builds the base that a pool asks for, with the agent that its server offers, and tells of each step. */
export async function buildPoolBase(
  action: Action<'build-base'>,
  parts: ExecutorParts,
  signal: AbortSignal,
): Promise<void> {
  const pool = poolOf(parts, action.pool);
  const { spec } = pool;
  const { wayOut } = parts;
  const { fittings } = spec;
  const storage = fittings?.storagePool === undefined ? parts.storage : parts.storages.get(fittings.storagePool);
  const onProgress: OnProgress = progress => parts.emit('progress', { action, progress });
  const steps = new Steps(1 + buildSteps(spec.base, storage), onProgress);
  steps.next(spec.base.isMade ? 'Looking for the base.' : 'Obtaining the agent.');
  const { name, own, image, agent } = await planBase(pool, parts, signal);
  if (name !== action.base) throw new Error(`build base "${action.base}": its image or agent has changed meanwhile`);
  const packed = agent && { ...agent, path: await parts.agentCache.obtain(agent, { onProgress, signal, wayOut }) };
  await buildBase({
    client: parts.incus,
    spec: spec.base,
    fittings,
    devices: placeOf(fittings, parts),
    image,
    base: action.base,
    marks: { [MARKS.owner]: parts.ownerId, [MARKS.contract]: CONTRACT, [MARKS.pool]: spec.name, [MARKS.baseOwn]: own },
    agent: packed,
    isolation: parts.isolation,
    steps,
    storage,
    proxy: spec.proxy && { spec: spec.proxy, password: await wayOut.password() },
    signal,
  });
}
