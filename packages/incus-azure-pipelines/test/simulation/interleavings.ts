/**
 * A world so small that every order of its events can be tried: two agents, two jobs, two faults.
 *
 * A run is an order of six events: each job is taken and ends, in this order, and two faults strike. After each event
 * passes either an instant, in which what the daemon has begun is still under way, or long enough for it to settle. What
 * is random elsewhere lies in the middle here.
 */
import { type Brain, realBrain } from './brain.js';
import type { Guest } from './guest.js';
import { Keeper } from './keeper.js';
import { comeToPeace } from './peace.js';
import { Random } from './random.js';
import { CALM, type Scenario } from './scenario.js';
import { reboot } from './storm.js';
import { World } from './world.js';

const INSTANT_MS = 700;
const SETTLED_MS = 14_000;
const READY_MS = 40_000;
const HOUR_MS = 3_600_000;
const AGENTS = 2;

const scenario: Scenario = {
  seed: 0,
  pools: [{ agentCount: AGENTS, standby: AGENTS, reserve: 0, reserveListening: false }],
  shared: false,
  sideBySide: false,
  maxConcurrentCreates: AGENTS,
  jobsPerMinute: 0,
  azurePollMs: 10_000,
  hostRegisters: false,
  stormMs: 0,
  maxJobMs: undefined,
  faults: CALM,
};

interface Scene {
  readonly world: World;
  readonly keeper: Keeper;
  readonly agents: readonly Guest[];
}

const KILL = 'daemon killed';

/** The faults that are combined; those that strike an agent strike the first, and those on the second mirror them. */
const FAULTS: Readonly<Record<string, (scene: Scene) => void>> = {
  [KILL]: ({ keeper }) => keeper.kill(3_000),
  'first instance died': ({ agents }) => agents[0]?.die(),
  'second instance died': ({ agents }) => agents[1]?.die(),
  'first guest lies': ({ agents }) => agents[0]?.working && agents[0].lie(1, 0),
  'first agent lost Azure': ({ agents }) => agents[0]?.loseAzure(20_000),
  'first agent disabled by a person': ({ world, agents: [agent] }) =>
    agent?.agentId !== undefined && world.azure.disable(agent.key, agent.agentId),
  'lists lack the first agent': ({ world, agents: [agent] }) => {
    if (agent?.agentId === undefined) return;
    agent.isMistakable = true;
    world.azure.hide(agent.agentId, world.timeline.now + 20_000);
  },
  'first registration deleted': ({ world, agents: [agent] }) => {
    if (agent?.agentId !== undefined && world.azure.remove(agent.key, agent.agentId)) agent.deregistered();
  },
  'first key stolen': ({ agents: [agent] }) => {
    if (agent !== undefined) agent.keyStolen = true;
  },
  'Azure unread': ({ world }) => {
    world.strikeAll('Azure unread');
    world.azure.unreadUntil = world.timeline.now + 20_000;
  },
  'pool drained': ({ world }) => world.drained.add('pool-0'),
  'host rebooted': ({ world, keeper }) => reboot(world, [keeper]),
  'Incus restarted': ({ world }) => world.incus.restart(5_000),
  'clock an hour ahead': ({ world }) => world.clock.step(HOUR_MS),
  'base changed': ({ world }) => world.wantedBase.set('pool-0', world.baseName('pool-0', 2)),
};

type Event = 'take 0' | 'end 0' | 'take 1' | 'end 1' | 'fault 0' | 'fault 1';

/**
 * How many of all runs: with every combination of pauses after events; without any; or of these the ones in which the daemon is
 * killed besides.
 */
export type Depth = 'pauses' | 'instants' | 'killed';

/** One run: which faults, in which order with the jobs, and after which events time passes. */
export interface Interleaving {
  readonly faults: readonly [string, string];
  readonly order: readonly Event[];
  readonly settles: readonly boolean[];
}

/** Every run within the bound. */
export function* interleavings(depth: Depth): Generator<Interleaving> {
  const names = Object.keys(FAULTS);
  const orders = [...ordersOf([['take 0', 'end 0'], ['take 1', 'end 1'], ['fault 0'], ['fault 1']])];
  const gaps = (orders[0]?.length ?? 1) - 1;
  const masks = depth === 'pauses' ? Array.from({ length: 2 ** gaps }, (_, mask) => mask) : [0];
  for (const [index, first] of names.entries())
    for (const second of names.slice(index)) {
      if (depth === 'killed' && first !== KILL && second !== KILL) continue;
      for (const order of orders) {
        // Twice the same fault: its two strikes are told apart by nothing.
        if (first === second && order.indexOf('fault 0') > order.indexOf('fault 1')) continue;
        for (const mask of masks)
          yield { faults: [first, second], order, settles: order.map((_, place) => ((mask >> place) & 1) === 1) };
      }
    }
}

/** All orders of the chains' events in which each chain keeps its own. */
function* ordersOf(chains: readonly (readonly Event[])[]): Generator<readonly Event[]> {
  if (chains.every(chain => chain.length === 0)) yield [];
  for (const [index, [event, ...rest]] of chains.entries())
    if (event !== undefined) for (const order of ordersOf(chains.with(index, rest))) yield [event, ...order];
}

/** Lives through one run, and gives back how many passes it took. @throws BrokenPromise. */
export function liveThrough({ faults, order, settles }: Interleaving, brain: Brain = realBrain): number {
  const world = new World(scenario, false, new Middle());
  const keeper = new Keeper(world, brain, world.ownerOf('pool-0'));
  const { timeline, guests } = world;
  timeline.runUntil(timeline.now + READY_MS);
  world.longestJobMs = Number.POSITIVE_INFINITY;
  const scene: Scene = { world, keeper, agents: [...guests.values()] };
  for (const [place, event] of order.entries()) {
    const [kind, number] = event.split(' ');
    const agent = scene.agents[Number(number)];
    if (kind === 'fault') FAULTS[faults[Number(number)] ?? '']?.(scene);
    else if (kind === 'take') takeJob(agent, world);
    else endJob(agent, world);
    timeline.runUntil(timeline.now + (settles[place] ? SETTLED_MS : INSTANT_MS));
  }
  world.calm();
  world.longestJobMs = undefined;
  for (const guest of guests.values()) guest.endJob(true);
  comeToPeace(world, [keeper], 0);
  return keeper.passes;
}

/** The agent is handed a job; where it cannot take one, the job waits for whoever can. */
function takeJob(agent: Guest | undefined, { azure, keys }: World): void {
  const isTaken = agent?.agentId !== undefined && azure.assignNow(agent.key, agent.agentId);
  if (!isTaken) for (const key of keys) azure.enqueue(key);
}

/** Its job ends, or is cancelled where it has not received it yet. */
function endJob(agent: Guest | undefined, { azure }: World): void {
  if (agent?.working) agent.endJob(true);
  else if (agent?.agentId !== undefined) azure.release(agent.key, agent.agentId, false);
}

/** No chance at all: what may go wrong does not, and what takes some time takes the middle of it. */
class Middle extends Random {
  constructor() {
    super(0);
  }

  override next(): number {
    return 0.5;
  }
}
