/**
 * The shape of an instance: all that a copy of the base is sent, beside whose it is. The base's own generation tells
 * what is in it, docker and its nesting included; the pool's variables are given to an agent when it is activated, and are none of it.
 */
import { type Fittings, limitKeys } from './fittings.js';
import { MARKS } from './marks.js';
import { azureKey, type InstanceSpec, type PoolSpec } from './pool.js';

/** An instance that died while nobody looked must not boot again without its agent. */
const FATE = { 'boot.autostart': 'false', 'boot.autorestart': '', 'cluster.evacuate': 'stop' };

/** Every pass asks for them anew, and a pool's never changes. */
const shapes = new WeakMap<PoolSpec, string>();

/** The keys of an instance of this pool; those that are not set are emptied, since a copy inherits the base's. */
export function shapeKeys(spec: PoolSpec): Readonly<Record<string, string>> {
  return {
    [MARKS.agentPool]: azureKey(spec.azure),
    [MARKS.server]: spec.looksUp ?? new URL(spec.azure.url).hostname,
    ...FATE,
    ...limitsOf(spec.instance),
    ...limitKeys(spec.fittings),
    'security.privileged': 'false',
    // Where the host has too few user ids, an instance goes without: that is no other shape.
    'security.idmap.isolated': 'true',
    'security.guestapi': 'true',
  };
}

/** The shape that the pool's instances have now, as text that stands on each: equal texts, equal shapes. */
export function shapeOf(spec: PoolSpec): string {
  const before = shapes.get(spec);
  if (before !== undefined) return before;
  const all = {
    ...shapeKeys(spec),
    disk: text(spec.instance.diskSizeBytes),
    ...settingsOf(spec),
    ...fittingsText(spec.fittings),
  };
  const shape = Object.entries(all)
    .map(([key, value]) => `${key}=${value}`)
    .join(' ');
  shapes.set(spec, shape);
  return shape;
}

/** What an agent is told once, and is for its whole life. Where there is none, nothing is said: agents of before go on. */
function settingsOf({ capabilities = {}, proxy, workFolder }: PoolSpec): Readonly<Record<string, string>> {
  const sorted = Object.entries(capabilities).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    ...(sorted.length === 0 ? {} : { capabilities: JSON.stringify(sorted) }),
    ...(workFolder === undefined ? {} : { workFolder }),
    ...(proxy === undefined ? {} : { proxy: JSON.stringify(proxy) }),
  };
}

/** Limits are among the keys. */
function fittingsText(fittings: Fittings = {}): Readonly<Record<string, string>> {
  const others = Object.entries(fittings).filter(([name]) => name !== 'limits');
  return others.length === 0 ? {} : { fittings: JSON.stringify(others) };
}

function limitsOf({ cores, memoryBytes, maxProcesses }: InstanceSpec): Readonly<Record<string, string>> {
  return {
    'limits.cpu': text(cores),
    'limits.memory': memoryBytes === undefined ? '' : `${memoryBytes}B`,
    'limits.processes': text(maxProcesses),
  };
}

function text(value: number | undefined): string {
  return value === undefined ? '' : String(value);
}
