/** What another configuration changes. Pure. */
import { lasting } from '../lib/times.js';
import { UserError } from '../lib/user-error.js';
import { azureKey, type DaemonSpec, type PoolSpec } from '../model/pool.js';
import { shapeOf } from '../model/shape.js';

/** A configuration as it was read: what it asks for, and by pool and key what its file says. */
interface Compared {
  readonly spec: DaemonSpec;
  readonly written: ReadonlyMap<string, ReadonlyMap<string, string>>;
  readonly proxyPassword?: { readonly written: string } | undefined;
}

/** What a daemon that runs can change; `network` is for setup alone. */
const CHANGEABLE: ReadonlySet<string> = new Set([
  'pools',
  'reconcileIntervalMs',
  'azurePollIntervalMs',
  'maxConcurrentCreates',
  'hostReserve',
  'network',
] satisfies (keyof DaemonSpec)[]);
/** Keys of the file that are called something else in what is asked for. */
const KEYS: Readonly<Record<string, string>> = {
  project: 'projectName',
  controlSocketPath: 'controlSocket',
  authorities: 'caCertificates',
};

/** @throws UserError that names what a daemon cannot change while it runs, where that is another now. */
export function expectNoRestart(before: DaemonSpec, after: DaemonSpec): void {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  const value = (spec: DaemonSpec, name: string) => JSON.stringify(Object.entries(spec).find(([key]) => key === name));
  const changed = [...names].filter(name => !CHANGEABLE.has(name) && value(before, name) !== value(after, name));
  if (changed.length === 0) return;
  const keys = changed.map(name => KEYS[name] ?? name).join(', ');
  throw new UserError(
    `${keys} changed, which takes a restart; restart the daemon, or put that back to have the rest taken`,
  );
}

/** Says what is going to change, in one line for the daemon and one for each pool; none where nothing is. */
export function differenceOf(before: Compared, after: Compared): readonly string[] {
  const old = new Map(before.spec.pools.map(spec => [spec.name, spec]));
  const left = new Set(after.spec.pools.map(({ name }) => name));
  return [
    ...ofDaemon(before.spec, after.spec),
    ...(before.proxyPassword?.written === after.proxyPassword?.written ? [] : ['proxy.password changed']),
    ...after.spec.pools.flatMap(spec => {
      const was = old.get(spec.name);
      if (was === undefined) return [`pool "${spec.name}" is new, with agentCount ${spec.agentCount}`];
      return ofPool(was, spec, before.written.get(spec.name), after.written.get(spec.name));
    }),
    ...before.spec.pools
      .filter(({ name }) => !left.has(name))
      .map(({ name }) => `pool "${name}" is removed: its jobs end, and its idle agents are drained`),
  ];
}

function ofDaemon(before: DaemonSpec, after: DaemonSpec): readonly string[] {
  const times = [
    ['reconcileInterval', before.reconcileIntervalMs, after.reconcileIntervalMs],
    ['azurePollInterval', before.azurePollIntervalMs, after.azurePollIntervalMs],
  ] as const;
  const { maxConcurrentCreates: most } = before;
  const changes = [
    ...times.filter(([, was, is]) => was !== is).map(([key, was, is]) => `${key} ${lasting(was)} → ${lasting(is)}`),
    ...(most === after.maxConcurrentCreates ? [] : [`maxConcurrentCreates ${most} → ${after.maxConcurrentCreates}`]),
    ...(JSON.stringify(before.hostReserve) === JSON.stringify(after.hostReserve) ? [] : ['hostReserve changed']),
    ...(JSON.stringify(before.network) === JSON.stringify(after.network) ? [] : ['network changed, for setup']),
  ];
  return changes.length === 0 ? [] : [changes.join(', ')];
}

function ofPool(
  before: PoolSpec,
  after: PoolSpec,
  wrote: ReadonlyMap<string, string> = new Map(),
  writes: ReadonlyMap<string, string> = new Map(),
): readonly string[] {
  const keys = [...new Set([...wrote.keys(), ...writes.keys()])].filter(key => wrote.get(key) !== writes.get(key));
  const changes = keys.map(key => changeOf(key, wrote.get(key), writes.get(key)));
  const isSame = JSON.stringify(before) === JSON.stringify(after);
  if (isSame && changes.length === 0) return [];
  const what = changes.length === 0 ? 'a file that it names changed' : changes.join(', ');
  const effects = [...effectsOf(before, after)];
  return [`pool "${after.name}": ${what}${effects.length === 0 ? '' : `; ${effects.join(', and ')}`}`];
}

function changeOf(key: string, was: string | undefined, is: string | undefined): string {
  const isShown = ![was, is].some(value => value?.startsWith('#'));
  return isShown ? `${key} ${was ?? 'not set'} → ${is ?? 'not set'}` : `${key} changed`;
}

/** What becomes of those that are there. */
function* effectsOf(before: PoolSpec, after: PoolSpec): Generator<string> {
  if (azureKey(before.azure) !== azureKey(after.azure)) {
    yield 'the agents in its agent pool of before are drained when they are idle';
    return;
  }
  if (JSON.stringify(before.base) !== JSON.stringify(after.base)) yield 'a base for it is built unless it is there';
  if (shapeOf(before) !== shapeOf(after)) yield 'its idle agents are replaced, one first';
}
