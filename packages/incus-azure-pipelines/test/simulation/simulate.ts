import { targetOf } from '../../src/model/action.js';
import { birthOf } from '../../src/model/agent-name.js';
import { join } from '../../src/observe/join.js';
import { plan } from '../../src/plan/plan.js';
import { type Brain, Daemon } from './daemon.js';
import { OWNER } from './examples.js';
import { promised } from './promises.js';
import type { Scenario } from './scenario.js';
import { blow } from './storm.js';
import { World } from './world.js';

const STORM_MS = 300_000;
const CALM_MS = 600_000;

/** What happened in one world in which every promise was kept. */
export interface Outcome {
  readonly passes: number;
  readonly jobs: number;
  readonly instances: number;
}

const realBrain: Brain = { join, plan };

/** Lives through one world: a storm, and the calm in which all has to come right. @throws BrokenPromise. */
export function simulate(scenario: Scenario, brain: Brain = realBrain): Outcome {
  const world = new World(scenario);
  const { timeline } = world;
  const foreign = leaveThings(world);
  let daemon = new Daemon(world, brain);
  let passes = 0;
  let down = false;
  const restart = (afterMs: number) => {
    if (down) return;
    down = true;
    passes += daemon.passes;
    daemon.kill();
    timeline.in(afterMs, () => {
      down = false;
      daemon = new Daemon(world, brain);
    });
  };
  blow({ world, restart }, STORM_MS);
  timeline.runUntil(timeline.now + STORM_MS);
  world.calm();
  // What the pools cannot work off in the calm is of no use here.
  for (const key of world.keys) while (world.azure.queued(key) > 3) world.azure.cancelQueued(key);
  timeline.runUntil(timeline.now + CALM_MS);
  checkPeace(world, daemon);
  for (const [key, agentId] of foreign)
    promised(world.azure.find(key, agentId) !== undefined, 'what is foreign is not touched', () => String(agentId));
  return { passes: passes + daemon.passes, jobs: world.azure.jobsDone, instances: world.guests.size };
}

/** What an earlier daemon and other people have left: gives back the foreign registrations. */
function leaveThings(world: World): [string, number][] {
  const { azure, random, timeline } = world;
  const foreign: [string, number][] = [];
  for (const key of world.keys) {
    const birth = (timeline.now - 86_400_000 - foreign.length).toString(36);
    if (random.chance(0.3)) azure.register(key, `host-${OWNER}-${birth}`, undefined, 86_400_000);
    for (const name of ['somebody', `host-ffffff-${birth}`, `host-${OWNER}-x`])
      foreign.push([key, azure.register(key, name, undefined, 86_400_000)]);
  }
  return foreign;
}

/** After the storm: exactly what was asked for, and nothing else. */
function checkPeace(world: World, daemon: Daemon): void {
  const picture = () =>
    daemon.agents.map(agent => `${agent.name} ${agent.phase} ${agent.instance?.status}`).join(', ') || 'nothing';
  for (const spec of world.desired) {
    const own = [...world.incus.instances.values()].filter(instance => instance.pool === spec.name);
    const idle = own.filter(({ name }) => {
      const guest = world.guests.get(name);
      return guest?.listens() && !world.holdsJob(guest) && guest.jobs === 0;
    });
    const all = `${spec.name}: agentCount ${spec.agentCount}, standby ${spec.standby}, reserve ${spec.reserve}; ${picture()}`;
    promised(idle.length === spec.standby, 'in the end all agents are idle', () => all);
    promised(own.length === spec.standby + spec.reserve, 'in the end the reserve stands and nothing more', () => all);
    const wanted = world.wantedBase.get(spec.name);
    promised(
      own.every(({ base }) => base === wanted),
      'in the end all are of the wanted base',
      () => all,
    );
  }
  for (const key of world.keys) {
    const names = world.azure.all(key).map(registration => registration.name);
    const orphans = names.filter(name => birthOf(name, OWNER) !== undefined && !world.incus.instances.has(name));
    promised(orphans.length === 0, 'in the end no registration is an orphan', () => orphans.join(', '));
    const open = world.desired.some(spec => spec.agentCount > 0 && world.keyOf(spec.name) === key);
    promised(!open || world.azure.queued(key) === 0, 'in the end every job has run', () => picture());
  }
  const { now } = world.timeline;
  const underWay = () => daemon.inFlight.map(action => `${action.kind} ${targetOf(action)}`).join(', ');
  promised(now - daemon.lastActionAt > 60_000, 'in the end nothing is left to do', underWay);
}
