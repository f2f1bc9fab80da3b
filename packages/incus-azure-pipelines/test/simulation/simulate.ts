import { type Brain, realBrain } from './brain.js';
import { burst } from './burst.js';
import { keepersOf } from './keeper.js';
import { comeToPeace } from './peace.js';
import { BrokenPromise, checksSoFar, promised } from './promises.js';
import { chosen } from './random.js';
import type { Scenario } from './scenario.js';
import { blow } from './storm.js';
import type { Tally } from './tally.js';
import { World } from './world.js';

/** Lives through one world: a storm, and the calm in which all has to come right. @throws BrokenPromise. */
export function simulate(scenario: Scenario, brain: Brain = realBrain): Tally {
  return live(new World(scenario), brain);
}

/** The same world once more, with all that happens in it put down in words, up to the broken promise if there is one. */
export function narrate(
  scenario: Scenario,
  brain: Brain = realBrain,
): { lines: readonly string[]; error: BrokenPromise | undefined } {
  const world = new World(scenario, true);
  let error: BrokenPromise | undefined;
  try {
    live(world, brain);
  } catch (thrown) {
    if (!(thrown instanceof BrokenPromise)) throw thrown;
    error = thrown;
  }
  return { lines: world.chronicle.lines ?? [], error };
}

function live(world: World, brain: Brain): Tally {
  const { timeline, azure, chronicle, scenario } = world;
  const before = checksSoFar();
  const foreign = leaveThings(world);
  const keepers = keepersOf(world, brain);
  blow(world, keepers, scenario.stormMs);
  timeline.runUntil(timeline.now + scenario.stormMs);
  world.calm();
  // In some worlds a pool that was taken out of the file is back in the end.
  if (world.removed.size > 0 && chosen(scenario.seed, 'removed pools come back', 4) === 0) {
    world.removed.clear();
    for (const keeper of keepers) keeper.kill(1_000);
  }
  chronicle.tell(() => 'the storm is over');
  // What the pools cannot work off in the calm is of no use here.
  for (const key of world.keys) while (azure.queued(key) > 3) azure.cancelQueued(key);
  const slowestPeaceMs = comeToPeace(world, keepers);
  burst(world, keepers);
  for (const [key, agentId] of foreign)
    promised(azure.find(key, agentId) !== undefined, 'what is foreign is not touched', () => String(agentId));
  const checks = Object.fromEntries(
    Object.entries(checksSoFar()).map(([name, count]) => [name, count - (before[name] ?? 0)]),
  );
  return {
    worlds: 1,
    passes: keepers.reduce((sum, keeper) => sum + keeper.passes, 0),
    jobs: azure.jobsDone,
    instances: world.guests.size,
    slowestPeaceMs,
    faults: chronicle.faults,
    pairs: chronicle.pairs,
    crashes: chronicle.crashes,
    checks,
  };
}

/** What an earlier daemon and other people have left: gives back the foreign registrations. */
function leaveThings(world: World): [string, number][] {
  const { azure, random, timeline } = world;
  const foreign: [string, number][] = [];
  for (const key of world.keys) {
    const birth = (timeline.now - 86_400_000 - foreign.length).toString(36);
    const pool = world.desired.find(spec => world.keyOf(spec.name) === key);
    const owner = world.ownerOf(pool?.name ?? '');
    if (random.chance(0.3)) azure.register(key, `host-${owner}-${birth}`, undefined, { ageMs: 86_400_000 });
    for (const name of ['somebody', `host-ffffff-${birth}`, `host-${owner}-x`])
      foreign.push([key, azure.register(key, name, undefined, { ageMs: 86_400_000 })]);
  }
  return foreign;
}
