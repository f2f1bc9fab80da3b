import type { Action } from '../model/action.js';
import { MARKS } from '../model/marks.js';
import { activationTar } from './guest/activation.js';
import { ACTIVATION_PATH } from './guest/layout.js';
import { type ExecutorParts, poolOf } from './parts.js';

const DEADLINE_MS = 30_000;

/**
 * Makes a prepared instance an agent, in two calls: it is marked, so that it is never prepared again, and then one file
 * is pushed, whose arrival starts the guest's units. Whatever fails in between is reaped as never online.
 */
export async function activateAgent(
  action: Action<'activate-agent'>,
  parts: ExecutorParts,
  signal: AbortSignal,
): Promise<void> {
  const { spec, token } = poolOf(parts, action.pool);
  const tar = activationTar({
    name: action.name,
    url: spec.azure.url,
    agentPool: spec.azure.agentPool,
    workFolder: '_work',
    environment: spec.environment,
    credentials: { kind: 'token', token: await token() },
  });
  const activated = String(parts.clock.now());
  const options = { signal, deadlineMs: DEADLINE_MS };
  await parts.incus.instances.patch(action.name, { config: { [MARKS.activated]: activated } }, options);
  await parts.incus.files.push(action.name, ACTIVATION_PATH, tar, { uid: 0, gid: 0, mode: 0o600 }, options);
}
