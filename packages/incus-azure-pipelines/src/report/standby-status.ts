import type { PoolSpec } from '../model/pool.js';
import { DAYS, type StandbyHours, standbyAt } from '../model/standby.js';
import type { HoursStatus } from './status-document.js';

/** Which hours give a pool its standby at `now` (epoch ms), and for how long; undefined where it does not follow the clock. Pure. */
export function hoursStatus(spec: PoolSpec, now: number): HoursStatus | undefined {
  if (spec.standbyHours === undefined) return undefined;
  const { hours, standby, until } = standbyAt(spec, now);
  const during = hours === undefined ? 'all other times' : sayHours(hours);
  return { standby, during, ...(until === undefined ? {} : { until }) };
}

/** Hours as a person says them: `mon-fri 07:00 to 19:00, Europe/Berlin`. */
function sayHours({ days, fromMinute, timezone, toMinute }: StandbyHours): string {
  return `${sayDays(days)} ${sayTime(fromMinute)} to ${sayTime(toMinute)}, ${timezone}`;
}

function sayDays(days: StandbyHours['days']): string {
  const runs: string[][] = [];
  for (const [index, day] of DAYS.entries()) {
    if (!days.includes(day)) continue;
    const before = DAYS[index - 1];
    const run = before !== undefined && days.includes(before) ? runs.at(-1) : undefined;
    if (run === undefined) runs.push([day]);
    else run.push(day);
  }
  if (runs[0]?.length === DAYS.length) return 'every day';
  return runs.map(run => (run.length > 2 ? `${run[0]}-${run.at(-1)}` : run.join(', '))).join(', ');
}

function sayTime(minute: number): string {
  const two = (n: number) => String(n).padStart(2, '0');
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}
