import type { Action } from '../../src/model/action.js';
import { CONTRACT } from '../../src/model/marks.js';
import { keepPlaceholder } from './placeholders.js';
import type { World } from './world.js';

/** The step by which the host comes to know the id of an agent. */
export const REGISTER = 'register an agent';

/** One call of an executor to the outside, after which the next one follows. */
export interface Step {
  readonly name: string;
  readonly to: 'incus' | 'azure' | 'nobody';
  /** How long it takes when nothing is slow. */
  readonly longestMs: number;
  /** And when it is. */
  readonly deadlineMs: number;
  /** What it does in the world; gives back why it was refused. */
  readonly take: () => string | undefined;
  /** What it leaves when it breaks off in the middle: all or nothing, where there is no such thing. */
  readonly takeHalf?: () => void;
}

/** The steps that an executor takes, and those by which it takes a failed one back. */
export interface Deed {
  readonly steps: readonly Step[];
  readonly undo: readonly Step[];
}

/** How an action is done in the simulated world, step by step as its executor does it; `now` is the daemon's clock. */
export function deedOf(action: Action, world: World, now: () => number): Deed {
  const only = (step: Step): Deed => ({ steps: [step], undo: [] });
  switch (action.kind) {
    case 'build-base':
      return buildBase(action, world);
    case 'prove-base':
      return only(step('mark proven', 'incus', () => proveBase(action, world)));
    case 'delete-base':
      return only(step('delete', 'incus', () => void world.incus.bases.delete(action.base)));
    case 'create-instance':
      return only({
        ...step('copy and start', 'incus', () =>
          boot(world.addInstance(action.name, action.pool, action.base).name, world),
        ),
        takeHalf: () => world.addInstance(action.name, action.pool, action.base),
      });
    case 'enable-agent':
      return enable(action, world, now);
    case 'activate-agent':
    case 'listen-agent':
      return activate(action, world, now);
    case 'collect-log':
      return only(step('read', 'nobody', () => undefined));
    case 'remove-doorbell':
      return only(step('patch', 'incus', () => world.incus.change(action.name, { doorbell: false })));
    case 'give-way':
      return only(step('patch', 'incus', () => world.incus.change(action.name, { isWeighed: true })));
    case 'warn-of-end':
      return only(step('tell', 'nobody', () => void world.warned.add(action.name)));
    case 'disable-agent':
      return only(
        step('patch', 'azure', () => {
          assignAtTheWorst(action, world);
          world.azure.disable(world.keyOf(action.pool), action.agentId);
          return undefined;
        }),
      );
    case 'delete-registration':
      return only(step('delete', 'azure', () => deregister(action, world)));
    case 'keep-placeholder':
      return only(step('register', 'azure', () => keepPlaceholder(action, world, now)));
    case 'remove-placeholder':
      return only(step('delete', 'azure', () => void world.azure.remove(world.keyOf(action.pool), action.agentId)));
    case 'ask-prepared':
      return only(step('ask', 'incus', () => world.guests.get(action.name)?.sayPrepared()));
    case 'delete-instance':
      return {
        steps: [
          ...(action.unless === undefined ? [] : [step('look', 'azure', () => lookFor(action, world))]),
          step('stop', 'incus', () => world.stopInstance(action.name, action.reason)),
          step('delete', 'incus', () => world.removeInstance(action.name, action.reason)),
        ],
        undo: [],
      };
  }
}

function step(name: string, to: Step['to'], take: Step['take'], { longestMs = 2_500, deadlineMs = 30_000 } = {}): Step {
  return { name, to, take, longestMs, deadlineMs };
}

function buildBase({ base, pool }: Action<'build-base'>, { incus }: World): Deed {
  const put = (ready: boolean): undefined => {
    const made = {
      pool,
      ready,
      idsFrom: (ready ? incus.bases.get(base)?.idsFrom : undefined) ?? incus.freshIds(),
      contract: CONTRACT,
      createdAt: incus.clock.now,
      own: '',
      image: '',
      checkedAt: incus.clock.now,
      agentVersion: '',
      docker: false,
      copyCost: undefined,
      provenFor: [],
    };
    incus.bases.set(base, made);
  };
  return {
    steps: [
      step('launch', 'incus', () => put(false)),
      step('provision', 'incus', () => undefined, { longestMs: 20_000 }),
      step('mark ready', 'incus', () => put(true)),
    ],
    undo: [step('delete', 'incus', () => void (incus.bases.get(base)?.ready === false && incus.bases.delete(base)))],
  };
}

function proveBase({ base, provenFor }: Action<'prove-base'>, { incus }: World): undefined {
  const there = incus.bases.get(base);
  if (there) incus.bases.set(base, { ...there, provenFor });
}

/** The copy shows as stopped for a moment, and then boots. */
function boot(name: string, { incus, timeline, guests }: World): undefined {
  timeline.in(150, () => {
    const instance = incus.instances.get(name);
    if (instance === undefined || instance.diedAt !== undefined || instance.activatedAt !== undefined) return;
    instance.status = 'running';
    guests.get(name)?.boot();
  });
}

/**
 * The host registers the agent, or leaves that to the guest; the instance is marked; and the file is pushed. One that is
 * to listen is registered disabled, and read back before the mark.
 */
function activate(action: Action<'activate-agent' | 'listen-agent'>, world: World, now: () => number): Deed {
  const { incus, guests } = world;
  const { name } = action;
  const listens = action.kind === 'listen-agent';
  const key = world.keyOf(action.pool);
  const poolId = world.agentPools.idOf(action.pool);
  const left = guests.get(name)?.agentId;
  const makeWay = step('make way', 'azure', () => {
    if (left !== undefined) world.azure.remove(key, left);
    return undefined;
  });
  const register = step(REGISTER, 'azure', () => {
    const guest = guests.get(name);
    if (guest?.agentId !== undefined && world.azure.find(key, guest.agentId)) return 'the name is taken';
    if (guest) guest.key = key;
    guest?.register(!listens);
    return undefined;
  });
  const mark = step('mark', 'incus', () => {
    const instance = incus.instances.get(name);
    const guest = guests.get(name);
    if (instance === undefined || guest === undefined || !incus.isAlive(name)) return 'not found';
    if (listens && instance.activatedAt !== undefined) return 'changed meanwhile';
    guest.key = key;
    incus.change(name, { agentPoolId: poolId, activatedAt: now(), listeningAt: listens ? now() : undefined });
    // Marked, but what starts it may never come: it shows Ready for ever.
    guest.excused = true;
    return undefined;
  });
  const push = step('push', 'incus', () => {
    const guest = guests.get(name);
    if (guest === undefined || !incus.isAlive(name)) return 'not found';
    guest.excused = false;
    guest.activate();
    return undefined;
  });
  if (!world.scenario.hostRegisters) return { steps: [mark, push], undo: [] };
  const ifIdle = (agentId: number | undefined, take: (agentId: number) => void): string | undefined => {
    const registration = agentId === undefined ? undefined : world.azure.find(key, agentId);
    if (registration?.online || registration?.assigned) return 'it may work';
    if (agentId !== undefined) take(agentId);
    return undefined;
  };
  const disable = step('withdraw: disable', 'azure', () =>
    ifIdle(guests.get(name)?.agentId, agentId => world.azure.disable(key, agentId)),
  );
  const withdraw = step('withdraw: delete', 'azure', () =>
    ifIdle(guests.get(name)?.agentId, agentId => world.removeRegistration(key, agentId, 'it was not told')),
  );
  const remove = step('remove', 'incus', () => world.removeInstance(name, 'it was not told'));
  const readBack = step('read back', 'azure', () => (world.isEnabled(name) ? 'it is enabled' : undefined));
  const steps = listens ? [makeWay, register, readBack, mark, push] : [makeWay, register, mark, push];
  return { steps, undo: [disable, withdraw, remove] };
}

/** The mark is cleared, and then Azure is told. */
function enable({ name, pool, agentId }: Action<'enable-agent'>, world: World, now: () => number): Deed {
  const unmark = () => {
    if (!world.incus.instances.has(name)) return 'not found';
    world.incus.change(name, { activatedAt: now(), listeningAt: undefined });
    return undefined;
  };
  const patch = () => (world.azure.enable(world.keyOf(pool), agentId) ? undefined : 'not found');
  return {
    steps: [
      step('clear the mark', 'incus', unmark, { deadlineMs: 8_000 }),
      step('enable', 'azure', patch, { deadlineMs: 10_000 }),
    ],
    undo: [],
  };
}

/** Azure is asked for one agent by itself: that it shows, whatever lists lack. */
function lookFor({ name, pool }: Action<'delete-instance'>, world: World): string | undefined {
  const agentId = world.guests.get(name)?.agentId;
  const isThere = agentId !== undefined && world.azure.find(world.keyOf(pool), agentId) !== undefined;
  return isThere ? 'its agent is there' : undefined;
}

function deregister(action: Action<'delete-registration'>, world: World): string | undefined {
  assignAtTheWorst(action, world);
  const gone = world.removeRegistration(world.keyOf(action.pool), action.agentId, action.reason);
  return gone ? undefined : 'a job runs';
}

/** A job comes in the last instant in which it can. */
function assignAtTheWorst(
  { name, pool, agentId }: Action<'disable-agent' | 'delete-registration'>,
  world: World,
): void {
  if (world.guests.get(name)?.robbed || !world.happens('assignedLate')) return;
  if (world.azure.assignNow(world.keyOf(pool), agentId))
    world.chronicle.strike('assigned at the worst instant', ['idle'], name);
}
