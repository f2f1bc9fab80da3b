import type { Action } from '../model/action.js';
import type { Agent } from '../model/agent.js';
import { knownValue, type Observed } from '../model/observed.js';
import type { Alarm } from './alarm.js';
import { type Census, missing } from './census.js';
import { hasPlace, trialDue } from './trial.js';

/** What a pool may do now: who registers is settled, and what failed before is past. */
export interface Activity {
  /** How many agents may be registered. */
  readonly register: number;
  readonly enable: boolean;
}

/**
 * Makes agents of the reserve, as many as the target lacks: first the one that tries a new base (beside all others where the
 * pool scales), then those that listen,
 * prepared ones, the reserve of an older base, and last those that were not seen online yet. What is then left of the
 * prepared ones joins the listening reserve, where the pool has one. None while Azure cannot be read: they could not
 * register, and each try would use an instance up.
 */
export function* activate(census: Census, observed: Observed, may: Activity, alarm: Alarm): Generator<Action> {
  const { spec, bases } = census;
  const trial = may.register > 0 && hasPlace(census) ? trialDue(census, observed, alarm) : undefined;
  if (trial !== undefined && bases.tried !== undefined)
    yield { ...activation(trial, observed, 'tries the new base'), tries: bases.tried.name };
  const lacking = Math.max(0, missing(census) - (trial === undefined ? 0 : 1));
  const members = may.enable ? census.listening.flatMap(agent => memberOf(agent, observed) ?? []) : [];
  const online = members.filter(member => member.online).slice(0, lacking);
  const prepared = census.prepared.filter(agent => agent.registration.known).slice(0, may.register);
  const activated = prepared.slice(0, lacking - online.length);
  const mayStill = { ...may, register: may.register - activated.length };
  const older = olderOnes(census, observed, mayStill).slice(0, lacking - online.length - activated.length);
  const used = online.length + activated.length + older.length;
  const late = members.filter(member => !member.online).slice(0, lacking - used);
  for (const { agent, agentId } of [...online, ...late]) yield enabling(agent, agentId);
  for (const agent of activated) yield activation(agent, observed, 'below target');
  for (const agent of older) {
    const member = memberOf(agent, observed);
    yield member ? enabling(agent, member.agentId) : activation(agent, observed, 'below target');
  }
  if (!listens(census, observed)) return;
  const room = Math.max(0, spec.reserve + online.length + late.length - census.listening.length);
  for (const agent of prepared.slice(activated.length, activated.length + room))
    yield { ...activation(agent, observed, 'for the listening reserve'), kind: 'listen-agent' };
}

function activation({ name, pool, instance }: Agent, observed: Observed, reason: string): Action<'activate-agent'> {
  const base = knownValue(observed.bases)?.find(record => record.name === instance?.base);
  return { kind: 'activate-agent', pool, name, agentVersion: base?.agentVersion ?? '', reason };
}

function enabling({ name, pool }: Agent, agentId: number): Action {
  return { kind: 'enable-agent', pool, name, agentId, reason: 'below target' };
}

/** The reserve of an older base that may take a place at once. */
function olderOnes({ older }: Census, observed: Observed, may: Activity): Agent[] {
  const prepared = older.filter(({ phase, registration }) => phase !== 'listening' && registration.known);
  const registered = prepared.slice(0, may.register);
  return older.filter(agent =>
    agent.phase === 'listening' ? may.enable && memberOf(agent, observed)?.online : registered.includes(agent),
  );
}

/** Whether the reserve is to listen: it was asked for, and it is the host that registers. */
function listens({ spec }: Census, observed: Observed): boolean {
  return spec.reserveListening && observed.registration.get(spec.name)?.kind === 'host';
}

/** The registration of a member that can be enabled: one that is read, that nobody drains, and that was not lost after it was online. */
function memberOf(agent: Agent, observed: Observed) {
  const { instance, life, phase, registration } = agent;
  const shown = knownValue(registration);
  const isUsable = phase === 'listening' && instance?.status === 'running' && !observed.drainedAgents.has(agent.name);
  if (!isUsable || shown === undefined) return undefined;
  return life.seenOnline && !shown.online ? undefined : { agent, agentId: shown.agentId, online: shown.online };
}
