import type { Action } from '../../src/model/action.js';
import type { World } from './world.js';

/** How one action goes: what it does and when, when its end is told, and as what. */
export interface Deed {
  readonly effectMs: number;
  readonly effect: () => void;
  readonly endMs: number;
  /** Undefined for success. */
  readonly error: () => string | undefined;
}

/** Lets chance decide how an action goes: well, refused, or failed before or after it took effect. */
export function deedOf(action: Action, world: World): Deed {
  const { random } = world;
  const endMs = action.kind === 'build-base' ? random.between(3_000, 20_000) : random.between(20, 2_500);
  const fails = world.happens('actionFails');
  const without = fails && random.chance(0.5);
  let refused: string | undefined;
  return {
    effectMs: random.between(0, endMs),
    effect: () => {
      if (!without) refused = perform(action, world, fails);
    },
    endMs,
    error: () => (fails ? 'failed' : refused),
  };
}

/** Does it in the world; gives back why it was refused. `half` leaves it half-made where that can be. */
function perform(action: Action, world: World, half: boolean): string | undefined {
  const { incus } = world;
  switch (action.kind) {
    case 'build-base':
      incus.bases.set(action.base, { pool: action.pool, ready: !half, createdAt: incus.now });
      return undefined;
    case 'delete-base':
      incus.bases.delete(action.base);
      return undefined;
    case 'create-instance': {
      const guest = world.addInstance(action.name, action.pool, action.base);
      if (!half) start(guest.name, world);
      return undefined;
    }
    case 'activate-agent':
      return activate(action.name, world, half);
    case 'collect-log':
    case 'remove-doorbell': {
      const instance = incus.instances.get(action.name);
      if (instance && action.kind === 'remove-doorbell') instance.doorbell = false;
      return undefined;
    }
    case 'disable-agent':
      world.azure.disable(world.keyOf(action.pool), action.agentId);
      return undefined;
    case 'delete-registration':
      return world.removeRegistration(world.keyOf(action.pool), action.agentId, action.reason)
        ? undefined
        : 'a job runs';
    case 'delete-instance':
      world.removeInstance(action.name, action.reason);
      return undefined;
  }
}

/** The copy shows as stopped for a moment, and then boots. */
function start(name: string, { incus, timeline, guests }: World): void {
  timeline.in(150, () => {
    const instance = incus.instances.get(name);
    if (instance === undefined || instance.diedAt !== undefined) return;
    instance.status = 'running';
    guests.get(name)?.boot();
  });
}

function activate(name: string, world: World, half: boolean): string | undefined {
  const { incus, timeline, guests, random, scenario } = world;
  const instance = incus.instances.get(name);
  const guest = guests.get(name);
  if (instance === undefined || guest === undefined || !incus.isAlive(name)) return 'not found';
  if (scenario.hostRegisters) {
    guest.register();
    // Nobody took it back: the next attempt, or the loop, finds it.
    if (half && random.chance(0.5)) return undefined;
  }
  instance.activatedAt = timeline.now;
  // Marked, but what would start it never came: it shows Ready for ever.
  if (half) guest.excused = true;
  else guest.activate();
  return undefined;
}
