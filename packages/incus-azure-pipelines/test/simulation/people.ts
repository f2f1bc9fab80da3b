import type { Guest } from './guest.js';
import type { Keeper } from './keeper.js';
import type { World } from './world.js';

/** Takes a pool out of the file, or puts it back; the installation has another one, and follows. */
export function editPools(world: World, keepers: readonly Keeper[]): void {
  const spec = world.desired.find(({ name }) => world.poolsOf(world.ownerOf(name)).length > 1);
  if (spec === undefined) return;
  world.strikeAll('pool removed or back', spec.name);
  if (!world.removed.delete(spec.name)) world.removed.add(spec.name);
  for (const keeper of keepers) keeper.followFile();
}

/** What a person may do at any time. */
export function act(world: World, keepers: readonly Keeper[]): void {
  const { random, azure } = world;
  const spec = random.pick(world.desired);
  if (spec === undefined) return;
  const registered = random.pick(
    [...world.guests.values()].filter(
      ({ key, agentId, name }) =>
        agentId !== undefined && azure.find(key, agentId) !== undefined && world.phaseOf(name) !== 'preparing',
    ),
  );
  const restart = () => {
    for (const keeper of keepers) keeper.kill(random.between(100, 5_000));
  };
  const editFile = () => {
    for (const keeper of keepers) keeper.followFile();
  };
  switch (random.between(0, 11)) {
    case 0:
      if (registered?.agentId === undefined) return;
      world.strike('agent disabled by a person', registered.name);
      azure.disable(registered.key, registered.agentId);
      return;
    case 8: {
      const disabled = random.pick([...world.guests.values()].filter(guest => mayBeEnabled(guest, world)));
      if (disabled?.agentId === undefined) return;
      world.strike('agent enabled by a person', disabled.name);
      azure.enable(disabled.key, disabled.agentId);
      disabled.isMeddledWith = true;
      return;
    }
    case 9: {
      const guest = random.pick([...world.guests.values()].filter(({ name }) => world.incus.isAlive(name)));
      if (guest === undefined) return;
      world.strike('agent drained', guest.name);
      world.drainedAgents.add(guest.name);
      return;
    }
    case 1:
      world.strikeAll('pool drained', spec.name);
      if (!world.drained.delete(spec.name)) world.drained.add(spec.name);
      return;
    case 2:
    case 7:
      world.strikeAll('base changed', spec.name);
      world.wantedBase.set(spec.name, world.baseName(spec.name, random.between(1, world.bases)));
      return;
    case 3:
      if (registered?.agentId === undefined || azure.find(registered.key, registered.agentId)?.assigned) return;
      world.strike('registration deleted by a person', registered.name);
      azure.remove(registered.key, registered.agentId);
      registered.deregistered();
      return;
    case 4: {
      const memoryBytes = random.between(1, 2);
      world.strikeAll('limits changed', spec.name);
      world.desired = world.desired.map(one =>
        one.name === spec.name ? { ...one, instance: { ...one.instance, memoryBytes } } : one,
      );
      editFile();
      return;
    }
    case 6:
      if (!random.chance(0.7)) return;
      world.strikeAll('agent pool replaced', spec.name);
      world.agentPools.giveAway(spec.name);
      editFile();
      return;
    case 5:
      world.strikeAll('another release', spec.name);
      replaceRelease(world, spec.name);
      restart();
      return;
    default: {
      const agentCount = random.between(0, 5);
      world.strikeAll('agentCount changed', `${spec.name}: ${agentCount}`);
      world.most.set(spec.name, Math.max(world.most.get(spec.name) ?? 0, agentCount));
      const standby = spec.standby === spec.agentCount ? agentCount : Math.min(spec.standby, agentCount);
      world.desired = world.desired.map(one => (one.name === spec.name ? { ...one, agentCount, standby } : one));
      editFile();
    }
  }
}

/** An agent that is disabled, by whomever; one that listens ahead is no agent yet. */
function mayBeEnabled({ agentId, key, name, over, wasOnline }: Guest, { azure, incus }: World): boolean {
  const isAgent = incus.isAlive(name) && incus.instances.get(name)?.listeningAt === undefined;
  return isAgent && wasOnline && !over && agentId !== undefined && azure.find(key, agentId)?.enabled === false;
}

/** As if an older or newer daemon had made all that is there, and were replaced by this one. Each builds bases of its own. */
function replaceRelease({ incus, random }: World, pool: string): void {
  const contract = random.chance(0.5) ? '0' : '2';
  for (const instance of incus.instances.values())
    if (instance.pool === pool) {
      instance.contract = contract;
      instance.base = `base-of-release-${contract}`;
    }
}
