import type { Faults } from './scenario.js';
import type { World } from './world.js';

export interface StormParts {
  readonly world: World;
  readonly restart: (afterMs: number) => void;
}

/** Lets everything go wrong for `ms`, each fault at its own rate. */
export function blow({ world, restart }: StormParts, ms: number): void {
  const { timeline, random, incus, azure } = world;
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
  const alive = () => [...world.guests.values()].filter(guest => incus.isAlive(guest.name));

  for (const key of world.keys) {
    often(world.scenario.jobsPerMinute, () => azure.enqueue(key));
    often(world.scenario.jobsPerMinute / 10, () => azure.cancelQueued(key));
  }
  often(world.scenario.jobsPerMinute / 10, () => random.pick(alive().filter(guest => guest.working))?.endJob(false));
  fault('deaths', () => random.pick(alive())?.die());
  fault('deaths', () => {
    const guest = random.pick(alive());
    if (guest && random.chance(0.3)) guest.end();
  });
  fault('errors', () => {
    const all = [...incus.instances.values()];
    const until = timeline.now + (random.chance(0.1) ? 60_000 : random.between(50, 6_000));
    const one = random.pick(all);
    for (const instance of random.chance(0.3) ? all : one ? [one] : []) instance.errorUntil = until;
  });
  fault('liars', () => {
    const guest = random.pick(alive().filter(one => one.working));
    if (guest === undefined) return;
    guest.excused = true;
    const rings = random.chance(0.3) ? 15 : 1;
    for (let ring = 0; ring < rings; ring++) timeline.in(ring * 100, () => incus.setState(guest.name, 'ready'));
  });
  fault('offline', () => {
    const forGood = random.chance(0.3);
    const guest = random.pick(alive().filter(one => one.listening && !(forGood && one.working)));
    guest?.loseAzure(forGood ? 3_600_000 : random.between(500, 60_000));
  });
  fault('people', () => act(world));
  fault('restarts', () => restart(random.between(100, 20_000)));
}

/** What a person may do at any time. */
function act(world: World): void {
  const { random, azure } = world;
  const spec = random.pick(world.desired);
  if (spec === undefined) return;
  const registered = random.pick([...world.guests.values()].filter(guest => guest.agentId !== undefined));
  switch (random.between(0, 3)) {
    case 0:
      if (registered?.agentId !== undefined) azure.disable(registered.key, registered.agentId);
      return;
    case 1:
      if (!world.drained.delete(spec.name)) world.drained.add(spec.name);
      return;
    case 2:
      world.wantedBase.set(spec.name, `base-${random.between(1, 3)}`);
      return;
    default: {
      const agentCount = random.between(0, 5);
      world.most.set(spec.name, Math.max(world.most.get(spec.name) ?? 0, agentCount));
      const standby = spec.standby === spec.agentCount ? agentCount : Math.min(spec.standby, agentCount);
      world.desired = world.desired.map(one => (one.name === spec.name ? { ...one, agentCount, standby } : one));
    }
  }
}
