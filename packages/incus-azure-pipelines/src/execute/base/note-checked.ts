import { ignoreNotFound } from 'incus-client';
import { MARKS } from '../../model/marks.js';
import type { ExecutorParts } from '../parts.js';

/** Writes on a base that image and agent in it are the newest. Source: `PATCH /1.0/instances/{name}`. */
export async function noteChecked(
  base: string,
  { clock, incus }: Pick<ExecutorParts, 'clock' | 'incus'>,
  signal: AbortSignal,
): Promise<void> {
  const config = { [MARKS.baseCheckedAt]: String(clock.now()) };
  await ignoreNotFound(incus.instances.patch(base, { config }, { signal }));
}
