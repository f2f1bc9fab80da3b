import type { Instance } from 'incus-client';
import type { BaseRecord, IdsFrom, InstanceRecord } from '../model/agent.js';
import { MARKS } from '../model/marks.js';
import type { CopyCost } from '../model/storage.js';
import type { Rings } from './rings.js';

/** What a full list shows of this owner's instances and bases. Whatever lacks our exact owner is not looked at. */
export interface Records {
  readonly instances: readonly InstanceRecord[];
  readonly bases: readonly BaseRecord[];
}

export function recordsOf(
  list: readonly Instance[],
  ownerId: string,
  rings: Pick<Rings, 'isNoisy' | 'rangSinceChange'>,
): Records {
  const instances: InstanceRecord[] = [];
  const bases: BaseRecord[] = [];
  for (const instance of list) {
    if (instance.config[MARKS.owner] !== ownerId) continue;
    if (instance.config[MARKS.baseState] === undefined) instances.push(instanceRecord(instance, rings));
    else bases.push(baseRecord(instance));
  }
  return { instances, bases };
}

/** Keys of Incus that decide how instances share the cores. */
const WEIGHTS = ['limits.cpu.allowance', 'limits.cpu.priority'];

function instanceRecord(instance: Instance, rings: Pick<Rings, 'isNoisy' | 'rangSinceChange'>): InstanceRecord {
  const { config, name } = instance;
  return {
    name,
    pool: config[MARKS.pool] ?? '',
    agentPool: config[MARKS.agentPool],
    agentPoolId: numberOf(config[MARKS.agentPoolId]),
    status: statusOf(instance.status),
    base: config[MARKS.base] ?? '',
    shape: config[MARKS.shape] ?? '',
    contract: config[MARKS.contract] ?? '',
    createdAt: Date.parse(instance.created_at),
    idsFrom: idsFrom(instance),
    activatedAt: numberOf(config[MARKS.activated]),
    listeningAt: numberOf(config[MARKS.listening]),
    rangSinceChange: rings.rangSinceChange(name),
    noisy: rings.isNoisy(name) && config['security.guestapi'] !== 'false',
    isWeighed: WEIGHTS.some(key => (instance.expanded_config[key] ?? '') !== ''),
  };
}

/** Each instance of ours says itself whether it is to have ids of its own: {@link Isolation} sees to that. */
function idsFrom({ config, location }: Instance): IdsFrom {
  if (config['security.idmap.isolated'] !== 'true') return undefined;
  const first = numberOf(config['volatile.idmap.base']);
  return first === undefined ? 'not yet' : `${location}/${first}`;
}

function numberOf(mark: string | undefined): number | undefined {
  const number = Number.parseInt(mark ?? '', 10);
  return Number.isNaN(number) ? undefined : number;
}

function baseRecord(instance: Instance): BaseRecord {
  const createdAt = Date.parse(instance.created_at);
  return {
    name: instance.name,
    pool: instance.config[MARKS.pool] ?? '',
    ready: instance.config[MARKS.baseState] === 'ready',
    idsFrom: idsFrom(instance),
    contract: instance.config[MARKS.contract] ?? '',
    createdAt,
    own: instance.config[MARKS.baseOwn] ?? '',
    image: instance.config[MARKS.baseImage] ?? '',
    checkedAt: numberOf(instance.config[MARKS.baseCheckedAt]) ?? createdAt,
    agentVersion: instance.config[MARKS.baseAgentVersion] ?? '',
    docker: instance.config['security.nesting'] === 'true',
    copyCost: costOf(instance.config[MARKS.baseCopy]),
    provenFor: (instance.config[MARKS.baseProven] ?? '').split(',').filter(pool => pool !== ''),
  };
}

function costOf(mark: string | undefined): CopyCost | undefined {
  const [, ms, bytes] = /^(\d+)(?: (\d+))?$/.exec(mark ?? '') ?? [];
  return ms === undefined ? undefined : { ms: Number(ms), bytes: bytes === undefined ? undefined : Number(bytes) };
}

/** Frozen and in-between states are running ones to us; `Error` is what a slow look at a live container gives. */
function statusOf(status: string): InstanceRecord['status'] {
  switch (status) {
    case 'Ready':
      return 'ready';
    case 'Stopped':
      return 'stopped';
    case 'Error':
      return 'error';
    default:
      return 'running';
  }
}
