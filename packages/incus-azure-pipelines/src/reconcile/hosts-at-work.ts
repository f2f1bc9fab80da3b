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
  /** By name: the agent pool of one that the host has registered, and that was not seen online yet. */
  const registered = new Map<string, string>();
  /** Agent pools of which nothing more is to be learned. */
  const remembered = new Set<string>();
  const remember = async (key: string) => {
    if (!(await isHostPool(installation, key))) await rememberHostPool(installation, key);
    remembered.add(key);
  };
  events.on('action-ended', ({ action }) => {
    const activates = action.kind === 'activate-agent' || action.kind === 'listen-agent';
    const spec = activates ? pools.get(action.pool)?.spec : undefined;
    if (spec === undefined || remembered.has(azureKey(spec.azure))) return;
    if (activates && registration.of(action.pool).kind === 'host') registered.set(action.name, azureKey(spec.azure));
  });
  events.on('phase-changed', ({ agent: { name, phase } }) => {
    const key = phase === 'idle' || phase === 'busy' ? registered.get(name) : undefined;
    if (key === undefined) return;
    registered.delete(name);
    remember(key).catch(error => process.emitWarning(String(error)));
  });
  events.on('agent-gone', ({ agent }) => registered.delete(agent.name));
}
