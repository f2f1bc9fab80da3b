import { backoffMs } from '../lib/backoff.js';
import type { Action } from '../model/action.js';
import { MARKS } from '../model/marks.js';
import type { PoolSpec } from '../model/pool.js';
import { type Activation, activationTar } from './guest/activation.js';
import { ACTIVATION_PATH } from './guest/layout.js';
import { agentWayOutScript, besideWayOut } from './guest/way-out.js';
import { type ExecutorParts, type PoolParts, poolOf } from './parts.js';
import { type AgentIdentity, agentFiles } from './registration/agent-files.js';
import { proveUnused } from './registration/prove-unused.js';
import { type RegistrationTarget, registerAgent } from './registration/register.js';
import { runnableAgent } from './registration/runnable-agent.js';
import { withdraw } from './registration/withdraw.js';
import { removeInstance } from './retire-agent.js';
import { UsedUpError } from './used-up-error.js';

const DEADLINE_MS = 30_000;
/** They take some two minutes; what is there by then is left to the loop. The pool's next activation waits for the end. */
const REMOVAL_ATTEMPTS = 14;
const REMOVAL_BACKOFF = { firstMs: 1_000, longestMs: 10_000 };
const WORK_FOLDER = '_work';

type ActivateAgent = Action<'activate-agent' | 'listen-agent'>;
type Credentials = Activation['credentials'];

/**
 * Makes a prepared instance an agent. The host registers it first, or else the guest does with the token; then two
 * calls to Incus: it is marked, so that it is never prepared again, and one file is pushed, whose arrival starts the
 * guest's units. Whatever is left half-made is reaped as never online.
 *
 * @throws UsedUpError where the instance cannot be told once more; what registers and Incus throw, where it can.
 */
export async function activateAgent(action: ActivateAgent, parts: ExecutorParts, signal: AbortSignal): Promise<void> {
  const pool = poolOf(parts, action.pool);
  const mode = pool.registration();
  switch (mode.kind) {
    case 'host':
      return activateRegistered(action, pool, parts, signal);
    case 'guest':
      return activate(action, pool, parts, { kind: 'token', token: await pool.token() }, signal);
    case 'probing':
      throw new Error(`activate ${action.name}: ${mode.why}`);
  }
}

/**
 * Makes a prepared instance a member of the listening reserve. Its agent is registered disabled, and read back as
 * disabled and without a job before the instance is told anything: when its session opens, Azure can give it none.
 *
 * It is marked only if nothing else about it has changed: a call of a daemon that has died meanwhile must not mark an
 * agent that its successor has activated and enabled.
 */
export async function listenAgent(
  action: Action<'listen-agent'>,
  parts: ExecutorParts,
  signal: AbortSignal,
): Promise<void> {
  const pool = poolOf(parts, action.pool);
  if (pool.registration().kind !== 'host')
    throw new Error(`start ${action.name} ahead: only the host can register an agent that is disabled`);
  const { etag } = await parts.incus.instances.get(action.name, { signal, deadlineMs: DEADLINE_MS });
  await activateRegistered(action, pool, parts, signal, etag);
}

function workFolderOf({ workFolder = WORK_FOLDER }: PoolSpec): string {
  return workFolder;
}

async function activateRegistered(
  action: ActivateAgent,
  pool: PoolParts,
  parts: ExecutorParts,
  signal: AbortSignal,
  etag?: string,
): Promise<void> {
  const target = await pool.registrationTarget(signal);
  const enabled = action.kind === 'activate-agent';
  const agent = { ...runnableAgent(action.name, action.agentVersion, parts.architecture), enabled };
  const identity = await registerAgent(target, agent, await parts.keys.take(signal), signal);
  parts.emit('agent-registered', { name: action.name, agentId: identity.agentId });
  await settle(target, identity, pool.spec, enabled, signal);
  try {
    await activate(
      action,
      pool,
      parts,
      { kind: 'registered', ...agentFiles(identity, workFolderOf(pool.spec)) },
      signal,
      etag,
    );
  } catch (error) {
    await takeBack(action, identity, pool, parts, signal).catch(() => {});
    throw error instanceof UsedUpError ? error : new UsedUpError(error);
  }
}

/** The instance has been told nothing yet: what fails here costs the registration alone. */
async function settle(
  target: RegistrationTarget,
  identity: AgentIdentity,
  { capabilities = {} }: PoolSpec,
  enabled: boolean,
  signal: AbortSignal,
): Promise<void> {
  try {
    if (Object.keys(capabilities).length > 0)
      await target.client.agents.setUserCapabilities(target.poolId, identity.agentId, capabilities, { signal });
    if (!enabled) await proveUnused(target, identity, signal);
  } catch (error) {
    await withdraw(target, identity, signal).catch(() => {});
    throw error;
  }
}

/**
 * Undoes a registration whose instance could not be told of it, so that no orphan waits for its grace. Once it is gone
 * no job can reach the instance, which then need not hold a place until it counts as never online.
 */
async function takeBack(
  { name }: ActivateAgent,
  identity: AgentIdentity,
  pool: PoolParts,
  parts: ExecutorParts,
  signal: AbortSignal,
): Promise<void> {
  if (await withdraw(await pool.registrationTarget(signal), identity, signal))
    await removePatiently(name, parts, signal);
}

/** Incus may be away for the removal as it was for what failed before, and is back long before the loop would reap it. */
async function removePatiently(name: string, parts: ExecutorParts, signal: AbortSignal): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await removeInstance(name, parts, signal);
    } catch (error) {
      if (attempt === REMOVAL_ATTEMPTS) throw error;
      await parts.clock.sleep(backoffMs(attempt, 0.5, REMOVAL_BACKOFF), signal);
    }
  }
}

async function activate(
  action: ActivateAgent,
  { agentPoolId, spec }: PoolParts,
  parts: ExecutorParts,
  credentials: Credentials,
  signal: AbortSignal,
  etag?: string,
): Promise<void> {
  const proxy = spec.proxy && { spec: spec.proxy, password: await parts.wayOut.password() };
  const trusts = !spec.base.isMade && spec.base.authorities !== undefined;
  const tar = activationTar({
    name: action.name,
    url: spec.azure.url,
    agentPool: spec.azure.agentPool,
    workFolder: workFolderOf(spec),
    environment: besideWayOut(spec.environment, spec.proxy),
    wayOut: agentWayOutScript({ proxy, trusts }, spec.azure.url),
    credentials,
  });
  const now = String(parts.clock.now());
  const marks = {
    [MARKS.agentPoolId]: String(await agentPoolId(signal)),
    [MARKS.activated]: now,
    [MARKS.listening]: action.kind === 'listen-agent' ? now : '',
  };
  const options = { signal, deadlineMs: DEADLINE_MS };
  await parts.incus.instances.patch(action.name, { config: marks }, { ...options, etag });
  // One that is marked is never prepared again, be it told or not.
  const pushed = parts.incus.files.push(action.name, ACTIVATION_PATH, tar, { uid: 0, gid: 0, mode: 0o600 }, options);
  await pushed.catch(error => Promise.reject(new UsedUpError(error)));
}
