import type { StringMap } from 'incus-client';
import type { Action } from '../model/action.js';
import { CONTRACT, MARKS } from '../model/marks.js';
import type { PoolSpec } from '../model/pool.js';
import { shapeKeys, shapeOf } from '../model/shape.js';
import { devicesOf, profilesOf } from './devices-of.js';
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
        ...profilesOf(spec),
        devices: devicesOf(spec, parts),
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
