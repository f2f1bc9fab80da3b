import { mayBeEmpty } from '../../src/model/placeholder.js';
import { scales } from '../../src/model/pool.js';
import { holdingOf } from './holding.js';
import type { Keeper } from './keeper.js';
import { act, editPools } from './people.js';
import { meddle } from './placeholders.js';
import { chosen } from './random.js';
import type { Faults } from './scenario.js';
import type { World } from './world.js';

const HOUR_MS = 3_600_000;

/** Lets everything go wrong for `ms`, each fault at its own rate. */
export function blow(world: World, keepers: readonly Keeper[], ms: number): void {
  const { timeline, random, incus, azure, clock } = world;
  function often(perMinute: number, happen: () => void): void {
    if (perMinute === 0) return;
    const end = timeline.now + ms;
    const next = () => {
      timeline.in((-Math.log(1 - random.next()) * 60_000) / perMinute, () => {
        if (timeline.now >= end) return;
        happen();
        next();
      });
    };
    next();
  }
  const fault = (name: keyof Faults, happen: () => void) => often(world.scenario.faults[name], happen);
  azure.holding = holdingOf(world.scenario.seed, world.desired.some(scales));
  if (azure.holding !== undefined) timeline.in(ms, () => azure.letGo());
  const alive = () => [...world.guests.values()].filter(guest => incus.isAlive(guest.name));

  for (const index of world.keys.keys()) {
    const key = () => world.keys[index] ?? '';
    often(world.scenario.jobsPerMinute, () => azure.enqueue(key()));
    often(world.scenario.jobsPerMinute / 10, () => azure.cancelQueued(key()));
  }
  if (world.desired.some(mayBeEmpty)) often(1, () => meddle(world, random.pick(world.keys) ?? ''));
  if (world.desired.some(scales)) often(1, () => withdraw(world, random.pick(world.keys) ?? ''));
  often(world.scenario.jobsPerMinute / 10, () => {
    const guest = random.pick(alive().filter(one => one.working));
    if (guest === undefined) return;
    world.strike('job cancelled', guest.name);
    guest.endJob(false);
  });
  fault('deaths', () => {
    const guest = random.pick(alive());
    if (guest === undefined) return;
    world.strike('instance died', guest.name);
    guest.die();
  });
  fault('deaths', () => {
    const guest = random.pick(alive().filter(one => one.wasOnline && !one.over));
    if (guest === undefined || !random.chance(0.3)) return;
    world.strike('agent exited', guest.name);
    guest.end();
  });
  fault('errors', () => {
    const all = [...incus.instances.values()];
    const until = timeline.now + (random.chance(0.1) ? 60_000 : random.between(50, 6_000));
    const one = random.pick(all);
    for (const instance of random.chance(0.3) ? all : one ? [one] : []) {
      world.strike('Incus reads Error', instance.name);
      instance.errorUntil = until;
      const guest = world.guests.get(instance.name);
      if (guest) guest.isUnasked = true;
    }
  });
  fault('liars', () => {
    const guest = random.pick(alive().filter(one => one.working));
    if (guest === undefined) return;
    const isLoud = random.chance(0.3);
    world.strike(isLoud ? 'guest rings without end' : 'guest lies', guest.name);
    if (isLoud) guest.lie(40, 100);
    else guest.lie(1, 0);
  });
  fault('offline', () => {
    const forGood = random.chance(0.5);
    const guest = random.pick(alive().filter(one => one.listening && !(forGood && one.working)));
    if (guest === undefined) return;
    world.strike('agent lost Azure', guest.name);
    guest.loseAzure(forGood ? HOUR_MS : random.between(500, 60_000));
  });
  fault('people', () => act(world, keepers));
  if (chosen(world.scenario.seed, 'pools are edited', 3) === 0) {
    timeline.in(0.9 * ms, () => {
      if (world.removed.size === 0) editPools(world, keepers);
    });
    fault('people', () => editPools(world, keepers));
  }
  fault('clockSteps', () => {
    const isAhead = random.chance(0.5);
    world.strikeAll(isAhead ? 'clock an hour ahead' : 'clock an hour back');
    clock.step(isAhead ? HOUR_MS : -HOUR_MS);
  });
  fault('reboots', () => {
    if (random.chance(0.5)) {
      world.strikeAll('Incus restarted');
      incus.restart(random.between(1_000, 15_000));
    } else {
      world.strikeAll('host rebooted');
      reboot(world, keepers);
    }
  });
}

/** Many jobs at once that nobody wants any more, soon after: agents are made for them. */
function withdraw({ azure, random, timeline }: World, key: string): void {
  const jobs = random.between(2, 6);
  for (let job = 0; job < jobs; job++) azure.enqueue(key);
  timeline.in(random.between(10_000, 40_000), () => {
    for (let job = 0; job < jobs; job++) azure.cancelQueued(key);
  });
}

/** Everything on the host ends; what was ephemeral may be gone afterwards, or still be there, stopped. */
export function reboot({ random, incus, guests }: World, keepers: readonly Keeper[]): void {
  for (const keeper of keepers) keeper.kill(random.between(20_000, 40_000));
  const areKept = random.chance(0.5);
  for (const guest of guests.values()) {
    if (!incus.isAlive(guest.name)) continue;
    incus.die(guest.name, () => !areKept);
    guest.dead();
  }
  incus.restart(15_000);
}
