import { createHash } from 'node:crypto';
import type { PoolEntry } from './pool-entry.js';

/** What a file says of one pool, by key: as it is where it may be shown, else a digest of it. */
export type Written = ReadonlyMap<string, string>;

/** Keys whose values are short, and no secret's place. */
const SHOWN =
  /^(?:agentCount|standby|reserve|maxCores|maxProcesses|\w+InGb|baseImage|agentVersion|docker|azure\.pool)$/;

/** Lists what a file says of each pool, so that two files can be compared; no secret is in it. */
export function writtenOf(pools: readonly PoolEntry[]): ReadonlyMap<string, Written> {
  return new Map(
    pools.map(({ name, settings: { azure, ...settings } }) => [
      name,
      new Map([...entriesOf(settings, ''), ...entriesOf(azure ?? {}, 'azure.')]),
    ]),
  );
}

function entriesOf(settings: object, prefix: string): (readonly [string, string])[] {
  return Object.entries(settings).flatMap(([key, value]: [string, unknown]) =>
    value === undefined ? [] : [[`${prefix}${key}`, shown(`${prefix}${key}`, value)] as const],
  );
}

function shown(key: string, value: unknown): string {
  if (SHOWN.test(key) && typeof value === 'string') return value;
  if (SHOWN.test(key) && typeof value !== 'object') return JSON.stringify(value);
  return digestOf(value);
}

/** Stands for what may not be shown. */
export function digestOf(value: unknown): string {
  return `#${createHash('sha256').update(JSON.stringify(value)).digest('hex')}`;
}
