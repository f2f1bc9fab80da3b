import { ignoreNotFound } from 'incus-client';
import type { Action } from '../model/action.js';
import type { ExecutorParts } from './parts.js';

/** A quarter of the weight that an instance has by itself. It is a weight and no limit: cores that nobody else wants are had whole. */
const ALLOWANCE = '25%';

/** Has an instance give way to all others that want the cores; being gone already is success. Source: `limits.cpu.allowance`, which works at once. */
export async function giveWay(
  { name }: Action<'give-way'>,
  { incus }: ExecutorParts,
  signal: AbortSignal,
): Promise<void> {
  await ignoreNotFound(incus.instances.patch(name, { config: { 'limits.cpu.allowance': ALLOWANCE } }, { signal }));
}
