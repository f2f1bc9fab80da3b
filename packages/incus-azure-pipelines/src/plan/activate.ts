import type { Action } from '../model/action.js';
import type { Agent } from '../model/agent.js';
import { knownValue, type Observed } from '../model/observed.js';
import { type Census, missing } from './fill.js';

/** What a pool may do now: who registers is settled, and what failed before is past. */
export interface Activity {
  readonly register: boolean;
  readonly enable: boolean;
}

/**
 * Makes agents of the reserve, as many as the target lacks: of those that listen first, then of prepared ones, and last
 * of those that were not seen online yet. What is then left of the prepared ones joins the listening reserve, where the
 * pool has one. None while Azure cannot be read: they could not register, and each try would use an instance up.
 */
export function* activate(census: Census, observed: Observed, may: Activity): Generator<Action> {
  const { agentVersion, spec } = census;
  const pool = spec.name;
  const lacking = missing(census);
  const members = may.enable ? census.listening.flatMap(agent => memberOf(agent) ?? []) : [];
  const online = members.filter(member => member.online).slice(0, lacking);
  const prepared = may.register ? census.prepared.filter(agent => agent.registration.known) : [];
  const activated = prepared.slice(0, lacking - online.length);
  const late = members.filter(member => !member.online).slice(0, lacking - online.length - activated.length);
  for (const { name, agentId } of [...online, ...late])
    yield { kind: 'enable-agent', pool, name, agentId, reason: 'below target' };
  for (const { name } of activated) yield { kind: 'activate-agent', pool, name, agentVersion, reason: 'below target' };
  if (!listens(census, observed)) return;
  const room = Math.max(0, spec.reserve + online.length + late.length - census.listening.length);
  for (const { name } of prepared.slice(activated.length, activated.length + room))
    yield { kind: 'listen-agent', pool, name, agentVersion, reason: 'for the listening reserve' };
}

/** Whether the reserve is to listen: it was asked for, and it is the host that registers. */
function listens({ spec }: Census, observed: Observed): boolean {
  return spec.reserveListening && observed.registration.get(spec.name)?.kind === 'host';
}

/** The registration of a member that can be enabled: one that is read, and that was not lost after it was online. */
function memberOf({ name, instance, life, phase, registration }: Agent) {
  const shown = knownValue(registration);
  if (phase !== 'listening' || instance?.status !== 'running' || shown === undefined) return undefined;
  return life.seenOnline && !shown.online ? undefined : { name, agentId: shown.agentId, online: shown.online };
}
