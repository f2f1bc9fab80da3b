import type { Brain } from './brain.js';
import { Daemon } from './daemon.js';
import { Process } from './process.js';
import { chosen } from './random.js';
import type { Scenario } from './scenario.js';
import type { World } from './world.js';

/** Who keeps one installation's daemon running: starts it, and again when it was killed. One runs at a time: the lock sees to that. */
export class Keeper {
  readonly #world: World;
  readonly #brain: Brain;
  readonly #owner: string;
  #process: Process | undefined;
  #daemon: Daemon | undefined;
  #earlierPasses = 0;

  constructor(world: World, brain: Brain, owner: string) {
    this.#world = world;
    this.#brain = brain;
    this.#owner = owner;
    world.incus.listeners.add((event, name, pool) => {
      if (this.#process && world.ownerOf(pool) === owner) this.#daemon?.hear(event, name, world.incus.clock.now);
    });
    this.start();
  }

  /** The daemon that runs, or ran last. */
  get daemon(): Daemon | undefined {
    return this.#daemon;
  }

  get passes(): number {
    return this.#earlierPasses + (this.#daemon?.passes ?? 0);
  }

  start(): void {
    this.#earlierPasses = this.passes;
    this.#process = new Process(this.#world, () => this.kill(this.#world.random.between(100, 20_000)));
    this.#daemon = new Daemon(this.#process, this.#brain, this.#owner);
  }

  /** Its file has changed: in some worlds a daemon that runs goes by it at once, in the others it is started again. */
  followFile(): void {
    const { chronicle, random, scenario } = this.#world;
    if (!hasReloads(scenario)) this.kill(random.between(100, 5_000));
    else if (this.#process !== undefined) {
      chronicle.tell(() => 'the configuration is read again');
      this.#daemon?.reload();
    }
  }

  /** Its memory is gone; it starts again after a while. */
  kill(forMs: number): void {
    if (!this.#process) return;
    const { chronicle, timeline } = this.#world;
    this.#process.diedAt = timeline.now;
    this.#process = undefined;
    // Until then there is nobody to do anything.
    chronicle.hinderedAt = Math.max(chronicle.hinderedAt, timeline.now + forMs);
    timeline.in(forMs, () => {
      if (!this.#process) this.start();
    });
  }
}

/** Whether daemons follow their file while they run. */
function hasReloads({ seed }: Pick<Scenario, 'seed'>): boolean {
  return chosen(seed, 'reloads', 8) === 0;
}

/** All installations of a world, each with its daemon. */
export function keepersOf(world: World, brain: Brain): Keeper[] {
  return world.owners.map(owner => new Keeper(world, brain, owner));
}
