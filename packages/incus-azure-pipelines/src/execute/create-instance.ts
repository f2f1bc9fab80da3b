import type { DeviceMap, StringMap } from 'incus-client';
import type { Action } from '../model/action.js';
import { CONTRACT, MARKS } from '../model/marks.js';
import type { InstanceSpec, PoolSpec } from '../model/pool.js';
import { shapeKeys, shapeOf } from '../model/shape.js';
import { type ExecutorParts, poolOf } from './parts.js';

const DEADLINE_MS = 120_000;

/**
 * Copies the pool's base, copy-on-write, and starts the copy, which then prepares itself.
 *
 * A copy inherits the base's keys, and a restricted project checks the request and not what is inherited: so every key
 * is sent, and those that belong to bases alone are emptied. Source: `POST /1.0/instances`.
 */
export async function createInstance(
  action: Action<'create-instance'>,
  parts: ExecutorParts,
  signal: AbortSignal,
): Promise<void> {
  const { spec } = poolOf(parts, action.pool);
  await parts.isolation.creating(isolation =>
    parts.incus.instances.create(
      {
        name: action.name,
        type: 'container',
        ephemeral: true,
        start: true,
        source: { type: 'copy', source: action.base, instance_only: true },
        config: {
          ...marksOf(action, spec, parts.ownerId),
          ...shapeKeys(spec),
          ...isolation,
          'security.nesting': String(action.docker),
        },
        devices: devicesOf(spec.instance, parts.rootDisk),
      },
      { signal, deadlineMs: DEADLINE_MS },
    ),
  );
}

function marksOf(action: Action<'create-instance'>, spec: PoolSpec, ownerId: string): StringMap {
  return {
    [MARKS.owner]: ownerId,
    [MARKS.contract]: CONTRACT,
    [MARKS.pool]: spec.name,
    [MARKS.base]: action.base,
    [MARKS.shape]: shapeOf(spec),
    [MARKS.agentPoolId]: '',
    [MARKS.activated]: '',
    [MARKS.listening]: '',
    [MARKS.baseState]: '',
    [MARKS.baseAgentVersion]: '',
    [MARKS.baseProven]: '',
    [MARKS.baseOwn]: '',
    [MARKS.baseImage]: '',
    [MARKS.baseCheckedAt]: '',
    [MARKS.baseCopy]: '',
  };
}

/** A root disk of its own only where a quota is asked for: on btrfs one quota slows every deletion of the storage pool. */
export function devicesOf(instance: InstanceSpec, rootDisk: StringMap): DeviceMap {
  return instance.diskSizeBytes === undefined ? {} : { root: { ...rootDisk, size: `${instance.diskSizeBytes}B` } };
}
