import { ignoreNotFound } from 'incus-client';
import type { Action } from '../model/action.js';
import { MARKS } from '../model/marks.js';
import type { ExecutorParts } from './parts.js';

/** Writes on the base that it works, so that a restarted daemon knows. Source: `PATCH /1.0/instances/{name}`. */
export async function proveBase(
  action: Action<'prove-base'>,
  parts: ExecutorParts,
  signal: AbortSignal,
): Promise<void> {
  const config = { [MARKS.baseProven]: action.provenFor.join(',') };
  await ignoreNotFound(parts.incus.instances.patch(action.base, { config }, { signal }));
}
