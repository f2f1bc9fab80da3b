import type { Death } from '../src/report/death.js';

/** The end of an agent at `goneAt` (epoch ms), of which nothing else is known. */
export function aDeath(name: string, goneAt: number, given: Partial<Death> = {}): Death {
  const unknown = { base: undefined, job: undefined, result: undefined, waitedMs: undefined, requestId: undefined };
  const plain = { pool: 'linux', why: 'its job is done', phases: [], memoryKills: 0, lastLines: '' };
  return { ...unknown, ...plain, name, goneAt, ...given };
}
