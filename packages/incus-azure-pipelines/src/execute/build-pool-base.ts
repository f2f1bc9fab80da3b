import type { Action } from '../model/action.js';
import { CONTRACT, MARKS } from '../model/marks.js';
import { agentPlatform, describeAgentFile, findServerAgent } from './base/agent-package.js';
import { buildBase } from './base/build-base.js';
import { obtainAgent } from './base/obtain-agent.js';
import { type ExecutorParts, poolOf } from './parts.js';

/** Builds the base that a pool asks for, with the agent that its server offers, and tells of each step. */
export async function buildPoolBase(
  action: Action<'build-base'>,
  parts: ExecutorParts,
  signal: AbortSignal,
): Promise<void> {
  const { spec, azure } = poolOf(parts, action.pool);
  const onProgress = (text: string) => parts.emit('progress', { action, text });
  const { agentPackagePath } = spec.base;
  const agentPackage =
    agentPackagePath === undefined
      ? await findServerAgent(azure, agentPlatform(parts.architecture), signal)
      : await describeAgentFile(agentPackagePath, signal);
  const path = await obtainAgent(agentPackage, { cacheDirectory: parts.cacheDirectory, onProgress, signal });
  await buildBase({
    client: parts.incus,
    spec: spec.base,
    base: action.base,
    marks: { [MARKS.owner]: parts.ownerId, [MARKS.contract]: CONTRACT, [MARKS.pool]: spec.name },
    agentPackage,
    agentPackagePath: path,
    onProgress,
    signal,
  });
}
