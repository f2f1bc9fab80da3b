/** Placeholders in a simulated world: what is done to them, and what the daemon promises of them. */
import type { Action } from '../../src/model/action.js';
import { birthOf } from '../../src/model/agent-name.js';
import { knownValue } from '../../src/model/observed.js';
import { placeholderName, placeholderOwner, SEEN_AT } from '../../src/model/placeholder.js';
import { azureKey, type PoolSpec } from '../../src/model/pool.js';
import { isBroken, isTrying } from './base-promises.js';
import { capabilitiesOf } from './demands.js';
import { type Decision, promised } from './promises.js';
import type { World } from './world.js';

/** As the server does it, and the executor, which leaves what has the name already; gives back why it was refused. */
export function keepPlaceholder(
  { agentId, capabilities, name, pool }: Action<'keep-placeholder'>,
  world: World,
  now: () => number,
): string | undefined {
  const { azure } = world;
  const key = world.keyOf(pool);
  if (agentId === undefined && azure.all(key).some(one => one.name === name)) return undefined;
  const there = agentId ?? azure.register(key, name, undefined);
  const seen = new Date(now()).toISOString();
  const change = { enabled: true, maxParallelism: 1, capabilities: { ...capabilities, [SEEN_AT]: seen } };
  return azure.change(key, there, change) ? undefined : 'not found';
}

/** A person deletes a placeholder, disables it or gives it a capability. */
export function meddle(world: World, key: string): void {
  const { azure, random } = world;
  const found = azure.all(key).find(({ name }) => placeholderOwner(name) !== undefined);
  if (found === undefined) return;
  world.strikeAll('placeholder meddled with', found.name);
  const way = random.between(0, 3);
  if (way <= 1) azure.remove(key, found.agentId);
  else if (way === 2) azure.disable(key, found.agentId);
  else azure.change(key, found.agentId, { capabilities: { ...found.capabilities, fpga: '' } });
}

/** Holds a decision against the promises about placeholders. @throws BrokenPromise. */
export function checkPlaceholders({ desired, observed, plan }: Decision): void {
  const counted = (knownValue(observed.agents) ?? []).filter(({ name }) => birthOf(name, observed.owner) === undefined);
  promised(counted.length === 0, 'a placeholder is never counted as an agent', () =>
    counted.map(({ name }) => name).join(', '),
  );
  if (!observed.agents.known) return;
  const kept = new Set([...observed.inFlight, ...plan.actions].map(action => 'name' in action && action.name));
  for (const spec of desired) {
    const name = placeholderName(observed.owner, spec.name);
    const reading = observed.placeholders.get(azureKey(spec.azure));
    const found = knownValue(reading)?.find(one => one.name === name);
    const isDue = reading?.known === true && !observed.failures.has(`keep-placeholder/${spec.name}`);
    if (!isEmptyAtTimes(spec) || !isDue || found?.enabled) continue;
    promised(kept.has(name), 'a pool that may be empty has its placeholder made at once', () => spec.name);
  }
}

/** In the end each pool that may be empty has a placeholder that is like its agents, and no other has any. */
export function checkPlaceholdersLeft(world: World): void {
  for (const spec of world.desired) {
    if (world.removed.has(spec.name)) continue;
    const key = world.keyOf(spec.name);
    const name = placeholderName(world.ownerOf(spec.name), spec.name);
    const found = world.azure.all(key).filter(one => one.name === name);
    if (isEmptyAtTimes(spec)) {
      const [one] = found;
      promised(found.filter(({ enabled }) => enabled).length === 1, 'in the end the placeholder is there', () => name);
      const isLike =
        one?.capabilities?.fpga === undefined && one?.capabilities?.pool === capabilitiesOf(spec.name).pool;
      // Of a base that works one agent is made to show it what agents offer, also while another base is tried in vain.
      promised(
        isLike || (isBroken(spec, world) && !isTrying(spec, world)),
        'in the end the placeholder is like an agent',
        () => name,
      );
    } else if (!isTrying(spec, world))
      promised(found.length === 0, 'in the end no placeholder is left that no pool wants', () => name);
  }
}

/** By a rule of its own, so that the daemon's can be wrong. */
function isEmptyAtTimes({ agentCount, standby, standbyHours = [] }: PoolSpec): boolean {
  return agentCount > 0 && [standby, ...standbyHours.map(hours => hours.standby)].some(idle => idle === 0);
}
