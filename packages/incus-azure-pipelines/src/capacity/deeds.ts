import type { Action, ActionKind } from '../model/action.js';
import type { Durations } from './durations.js';
import type { World } from './world.js';

/** One kind of action in the world: what it does when it begins, how long it takes, and what it has done then. */
interface Deed<K extends ActionKind> {
  readonly takes: keyof Durations;
  readonly begin?: (world: World, action: Action<K>) => void;
  readonly end?: (world: World, action: Action<K>) => void;
}

type Deeds = { readonly [K in ActionKind]: Deed<K> };

/** A call that changes nothing that a replay looks at. */
const CALL = { takes: 'callMs' } as const;

const DEEDS: Deeds = {
  'create-instance': { takes: 'creatingMs', end: (world, action) => world.create(action) },
  'activate-agent': {
    takes: 'activatingMs',
    begin: (world, { name }) => world.mark(name, false),
    end: (world, { name }) => world.start(name, true),
  },
  'listen-agent': {
    takes: 'activatingMs',
    begin: (world, { name }) => world.mark(name, true),
    end: (world, { name }) => world.start(name, false),
  },
  'enable-agent': { ...CALL, end: (world, { name }) => world.enable(name, true) },
  'disable-agent': { ...CALL, end: (world, { name }) => world.enable(name, false) },
  'delete-registration': { ...CALL, end: (world, { name }) => world.deregister(name) },
  'delete-instance': { takes: 'endingMs', end: (world, { name }) => world.remove(name) },
  'build-base': CALL,
  'delete-base': CALL,
  'prove-base': CALL,
  'collect-log': CALL,
  'ask-prepared': CALL,
  'warn-of-end': CALL,
  'give-way': CALL,
  'remove-doorbell': CALL,
  'keep-placeholder': CALL,
  'remove-placeholder': CALL,
};

/** Begins an action; gives back how long it takes (ms), and what is to be called then, which may throw. */
export function beginDeed<K extends ActionKind>(
  world: World,
  action: Action<K> & { readonly kind: K },
  durations: Durations,
): { readonly ms: number; readonly end: () => void } {
  const deed: Deed<K> = DEEDS[action.kind];
  deed.begin?.(world, action);
  return { ms: durations[deed.takes], end: () => deed.end?.(world, action) };
}
