/** Worlds in which the standby follows the clock. */
import type { PoolSpec } from '../../src/model/pool.js';
import { DAYS } from '../../src/model/standby.js';
import { chosen } from './random.js';

/** In some worlds the standby follows the clock: while most storms last, it is another one. All of them begin at midnight. */
export function hoursOf(seed: number, { agentCount, standby }: Pick<PoolSpec, 'agentCount' | 'standby'>) {
  if (chosen(seed, 'hours', 4) !== 0) return {};
  const other = standby === agentCount ? 1 : agentCount;
  return { standbyHours: [{ standby: other, days: DAYS, fromMinute: 1, toMinute: 4, timezone: 'UTC' }] };
}

/** What was asked for at this time of the day; all hours of these worlds are of every day, and of UTC. */
export function standbyNow({ standby, standbyHours = [] }: PoolSpec, now: number): number {
  const minute = Math.floor(now / 60_000) % 1_440;
  const hours = standbyHours.find(({ fromMinute, toMinute }) => fromMinute <= minute && minute < toMinute);
  return hours?.standby ?? standby;
}
