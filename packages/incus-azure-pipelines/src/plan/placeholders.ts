import type { Action } from '../model/action.js';
import type { Agent, Registration } from '../model/agent.js';
import { knownValue, type Observed } from '../model/observed.js';
import { BASE_SHOWN, mayBeEmpty, placeholderCapabilities, placeholderName, SEEN_AT } from '../model/placeholder.js';
import { azureKey, type PoolSpec } from '../model/pool.js';
import type { Alarm } from './alarm.js';

/** So often it says that its host is there; others forget one that has not for an hour. */
const RENEWED_MS = 1_800_000;

/** Whether a pool is to have a placeholder: it may be empty, and no person has taken it away with a drain. */
export function wantsPlaceholder(spec: PoolSpec, observed: Observed): boolean {
  return mayBeEmpty(spec) && !observed.withoutPlaceholder.has(spec.name);
}

/**
 * Whether a pool is to have one idle agent more than it asks for: none has shown yet what those of its base offer, so that its
 * placeholder could not be like them.
 */
export function lacksExample(spec: PoolSpec, base: string | undefined, observed: Observed): boolean {
  return base !== undefined && wantsPlaceholder(spec, observed) && observed.offers.get(spec.name)?.base !== base;
}

/**
 * Each pool that may be empty has one placeholder in its agent pool, which is made again when it is lost and put right when it
 * was changed. One that no pool wants goes, once an agent of its pool can have jobs wait in its place.
 */
export function* keepPlaceholders(
  desired: readonly PoolSpec[],
  agents: readonly Agent[],
  observed: Observed,
  alarm: Alarm,
): Generator<Action> {
  for (const spec of desired) if (wantsPlaceholder(spec, observed)) yield* keep(spec, observed, alarm);
  for (const [agentPool, reading] of observed.placeholders) {
    const specs = desired.filter(({ azure }) => azureKey(azure) === agentPool);
    for (const registration of knownValue(reading) ?? []) {
      const spec = specs.find(({ name }) => placeholderName(observed.owner, name) === registration.name);
      if (spec !== undefined && wantsPlaceholder(spec, observed)) continue;
      // Somebody has it who is no placeholder: that is for a person to end.
      if (registration.online || registration.assigned) continue;
      const pool = (spec ?? specs[0])?.name ?? NO_POOL;
      const { agentId, name } = registration;
      const reason = spec === undefined ? whyGoneWithPool(specs, observed) : whyGone(spec, agents, observed);
      if (reason !== undefined) yield { kind: 'remove-placeholder', pool, name, agentId, agentPool, reason };
    }
  }
}

/** A name that no pool has. */
const NO_POOL = '(removed)';

function* keep(spec: PoolSpec, observed: Observed, alarm: Alarm): Generator<Action> {
  const agentPool = azureKey(spec.azure);
  const reading = observed.placeholders.get(agentPool);
  const offer = observed.offers.get(spec.name);
  if (!reading?.known || offer === undefined) return;
  const name = placeholderName(observed.owner, spec.name);
  const found = reading.value.find(one => one.name === name);
  const capabilities = placeholderCapabilities(name, spec, offer.capabilities, offer.base);
  const reason = found === undefined ? NOT_THERE : driftOf(found, capabilities, observed.drained.has(spec.name), alarm);
  if (reason !== undefined)
    yield { kind: 'keep-placeholder', pool: spec.name, name, agentId: found?.agentId, agentPool, capabilities, reason };
}

const NOT_THERE = 'is not there, and Azure fails jobs at once while no agent is registered';

/** What is not as it should be with a placeholder, in words. */
function driftOf(
  found: Registration,
  wanted: Readonly<Record<string, string>>,
  isDrained: boolean,
  alarm: Alarm,
): string | undefined {
  const { capabilities = {}, enabled, maxParallelism = 1 } = found;
  if (!enabled) return 'was disabled';
  if (maxParallelism !== 1) return 'may have no job at a time';
  const { [SEEN_AT]: seen = '', ...offered } = capabilities;
  const names = new Set([...Object.keys(offered), ...Object.keys(wanted)]);
  const differing = [...names].filter(name => offered[name] !== wanted[name]);
  if (differing.length > 0)
    return `differs from the pool's agents in ${differing.filter(isTold).join(', ') || 'their base'}`;
  // Else other hosts would wait for this one to make agents.
  if (isDrained) return undefined;
  const seenAt = Date.parse(seen) || 0;
  // One that was there in the future was so by a clock that was set back since.
  return !alarm.passed(seenAt) || alarm.passed(seenAt + RENEWED_MS)
    ? 'tells other hosts that this one is there'
    : undefined;
}

function isTold(name: string): boolean {
  return name !== BASE_SHOWN;
}

/**
 * Why that of a pool which is not configured any more may go now, in words. A pool of another name that takes its place has one of its
 * own once it knows what its agents offer; until then jobs wait for this one.
 */
function whyGoneWithPool(specs: readonly PoolSpec[], observed: Observed): string | undefined {
  const isThere = ({ azure, name }: PoolSpec) =>
    knownValue(observed.placeholders.get(azureKey(azure)))?.some(
      one => one.name === placeholderName(observed.owner, name),
    );
  const heirs = specs.filter(spec => wantsPlaceholder(spec, observed));
  return heirs.length === 0 || heirs.some(isThere) ? 'no pool wants it any more' : undefined;
}

/** Why one whose pool does not want it may go now, in words. */
function whyGone(spec: PoolSpec, agents: readonly Agent[], observed: Observed): string | undefined {
  if (observed.withoutPlaceholder.has(spec.name)) return 'a person drains the pool without it';
  if (spec.agentCount === 0) return 'its pool is paused';
  const hasOne = agents.some(({ pool, registration }) => pool === spec.name && knownValue(registration)?.enabled);
  return hasOne ? 'its pool always has agents' : undefined;
}
