/** From what the file says of `standby` to the pool's: within agentCount, every default filled. */

import type { PoolSpec } from '../model/pool.js';
import { DAYS, type StandbyHours } from '../model/standby.js';
import { DEFAULTS } from './defaults.js';
import type { StandbyEntry } from './standby-schema.js';

/** How many idle agents a pool keeps: one number, or by the hour with the number for all other times. */
export function standbySpec(
  written: number | readonly StandbyEntry[] | undefined,
  agentCount: number,
): Pick<PoolSpec, 'standby' | 'standbyHours'> {
  const within = (standby = agentCount) => Math.min(standby, agentCount);
  if (written === undefined || typeof written === 'number') return { standby: within(written) };
  // The last entry is the one without hours: `check` has seen to that.
  const hours = written.slice(0, -1).map(
    ({ days = DAYS, from, standby, timezone, to }): StandbyHours => ({
      standby: within(standby),
      days,
      fromMinute: minuteOf(from ?? DEFAULTS.standbyFrom),
      toMinute: minuteOf(to ?? DEFAULTS.standbyTo),
      timezone: timezone ?? DEFAULTS.standbyTimezone,
    }),
  );
  return { standby: within(written.at(-1)?.standby), ...(hours.length === 0 ? {} : { standbyHours: hours }) };
}

function minuteOf(written: string): number {
  const [hours = 0, minutes = 0] = written.split(':').map(Number);
  return hours * 60 + minutes;
}
