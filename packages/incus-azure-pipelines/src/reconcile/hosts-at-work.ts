import type { PoolParts } from '../execute/parts.js';
import type { Events } from '../lib/events.js';
import { isHostPool, rememberHostPool } from '../lib/host-pools.js';
import type { Installation } from '../lib/installation.js';
import type { DaemonEvents } from '../model/event.js';
import type { RegistrationMode } from '../model/observed.js';
import { azureKey } from '../model/pool.js';

export interface HostsAtWorkParts {
  readonly pools: ReadonlyMap<string, Pick<PoolParts, 'spec'>>;
  readonly installation: Installation;
  /** Who registers the agents of a pool now. */
  readonly registration: { readonly of: (pool: string) => RegistrationMode };
}

/**
 * Remembers each agent pool in which an agent came online that the host had registered, as an accepted probe does: where
 * a person asked for the host, agents work also while no probe brings a clear answer, and `auto` must not give up later
 * what has worked. A registration alone proves nothing; a server may take keys and refuse their assertions.
 */
export function rememberHostsAtWork(events: Events<DaemonEvents>, parts: HostsAtWorkParts): void {
  const { pools, installation, registration } = parts;
  /** Registered by the host, and not seen online yet. */
  const registered = new Set<string>();
  /** Pools of ours of which nothing more is to be learned. */
  const remembered = new Set<string>();
  const remember = async (pool: string) => {
    const spec = pools.get(pool)?.spec;
    if (spec === undefined) return;
    const key = azureKey(spec.azure);
    if (!(await isHostPool(installation, key))) await rememberHostPool(installation, key);
    remembered.add(pool);
  };
  events.on('action-ended', ({ action }) => {
    const activates = action.kind === 'activate-agent' || action.kind === 'listen-agent';
    if (!activates || remembered.has(action.pool)) return;
    if (registration.of(action.pool).kind === 'host') registered.add(action.name);
  });
  events.on('phase-changed', ({ agent: { name, phase, pool } }) => {
    const isAtWork = phase === 'idle' || phase === 'busy';
    if (isAtWork && registered.delete(name)) remember(pool).catch(error => process.emitWarning(String(error)));
  });
  events.on('agent-gone', ({ agent }) => registered.delete(agent.name));
}
