import type { AgentPhase } from '../../src/model/agent.js';
import type { Guest } from './guest.js';
import type { World } from './world.js';

/** The phase that an agent truly is in, whoever has seen it; undefined for one of which nothing is left. */
export function truePhase(guest: Guest, { incus, azure, timeline }: World): AgentPhase | undefined {
  const instance = incus.instances.get(guest.name);
  const registration = guest.agentId === undefined ? undefined : azure.find(guest.key, guest.agentId);
  if (instance === undefined) return registration && 'orphan';
  if (instance.activatedAt === undefined) return instance.status === 'ready' ? 'prepared' : 'preparing';
  if (!incus.isAlive(guest.name)) return 'stopped';
  if (registration?.assigned && (guest.working || (guest.listens() && !guest.robbed))) return 'busy';
  if (instance.errorUntil > timeline.now) return 'unclear';
  if (guest.over) return 'finished';
  if (instance.listeningAt !== undefined && !registration?.enabled) return 'listening';
  if (registration === undefined || !guest.wasOnline) return 'starting';
  if (!registration.enabled) return 'draining';
  return registration.online ? 'idle' : 'offline';
}
