import type { Action } from '../model/action.js';
import { CONTRACT, MARKS } from '../model/marks.js';
import type { OnProgress } from '../model/progress.js';
import { findAgent } from './base/agent-package.js';
import { buildBase, buildSteps } from './base/build-base.js';
import { Steps } from './base/steps.js';
import { type ExecutorParts, poolOf } from './parts.js';

/** Builds the base that a pool asks for, with the agent that its server offers, and tells of each step. */
export async function buildPoolBase(
  action: Action<'build-base'>,
  parts: ExecutorParts,
  signal: AbortSignal,
): Promise<void> {
  const { spec, azure } = poolOf(parts, action.pool);
  const onProgress: OnProgress = progress => parts.emit('progress', { action, progress });
  const steps = new Steps(1 + buildSteps(spec.base), onProgress);
  steps.next('Obtaining the agent.');
  const agentPackage = await findAgent(spec.base.agent, azure, parts.architecture, signal);
  const path = await parts.agentCache.obtain(agentPackage, { onProgress, signal });
  await buildBase({
    client: parts.incus,
    spec: spec.base,
    base: action.base,
    marks: { [MARKS.owner]: parts.ownerId, [MARKS.contract]: CONTRACT, [MARKS.pool]: spec.name },
    agentPackage,
    agentPackagePath: path,
    steps,
    signal,
  });
}
