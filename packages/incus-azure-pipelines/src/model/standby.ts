/**
 * How many agents a pool keeps idle, where that follows the clock. Hours are those of the wall clock in their time zone, so that
 * they begin at the same time of day all the year: on a day on which the clock is put on or back they are shorter or longer.
 */

export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Day = (typeof DAYS)[number];

/** So many idle agents at these hours. */
export interface StandbyHours {
  readonly standby: number;
  /** The days on which they begin. */
  readonly days: readonly Day[];
  /** From midnight, in minutes. Hours that do not end later than they begin end on the next day. */
  readonly fromMinute: number;
  readonly toMinute: number;
  /** Name of the zone in the tz database. */
  readonly timezone: string;
}

/** What a pool says of its idle agents. */
interface Standing {
  /** Idle agents that are kept while none of the hours are in force. */
  readonly standby: number;
  /** The first ones that are in force count. */
  readonly standbyHours?: readonly StandbyHours[];
  /** All of `standbysOf`, where `standby` is the one in force. */
  readonly standbys?: readonly number[];
}

export interface StandbyInForce {
  readonly standby: number;
  /** Undefined while none are. */
  readonly hours: StandbyHours | undefined;
  /** When others begin, or these end (epoch ms); undefined where that is not within eight days. */
  readonly until: number | undefined;
}

/** A pool as it is at `now` (epoch ms): with the standby that is in force. Whether it scales at all does not follow the clock. */
export function inForce<T extends Standing>(spec: T, now: number): T {
  if (spec.standbyHours === undefined) return spec;
  return { ...spec, standby: standbyAt(spec, now).standby, standbys: standbysOf(spec) };
}

/** Each number of idle agents that a pool keeps at some time. */
export function standbysOf({ standby, standbyHours = [], standbys }: Standing): readonly number[] {
  return standbys ?? [standby, ...standbyHours.map(hours => hours.standby)];
}

/** Which hours are in force, as far as was looked ahead. */
interface Look {
  readonly hours: number;
  readonly to: number;
  /** Whether others are in force then, or nothing was found until then. */
  readonly changes: boolean;
}

/** What was found last, with the time for which it holds: passes follow each other closely, and hours are long. */
const found = new WeakMap<readonly StandbyHours[], Look & { readonly from: number }>();

/** The standby that is in force at `now` (epoch ms), and how long it is. */
export function standbyAt({ standby, standbyHours }: Standing, now: number): StandbyInForce {
  if (standbyHours === undefined) return { standby, hours: undefined, until: undefined };
  const before = found.get(standbyHours);
  const holds = before !== undefined && before.from <= now && now < before.to;
  const seen = holds ? before : { from: now, ...look(standbyHours, now) };
  found.set(standbyHours, seen);
  const hours = standbyHours[seen.hours];
  return { standby: hours?.standby ?? standby, hours, until: seen.changes ? seen.to : undefined };
}

/** No clock is put on or back but at a full quarter of an hour of UTC. */
const QUARTER_MS = 900_000;
const MINUTE_MS = 60_000;
const LOOK_AHEAD_MS = 8 * 86_400_000;

/** Goes from one moment at which something may change to the next, until something does. */
function look(all: readonly StandbyHours[], now: number): Look {
  const hours = indexAt(all, now);
  const to = now + LOOK_AHEAD_MS;
  for (let at = nextMoment(all, now); at <= to; at = nextMoment(all, at))
    if (indexAt(all, at) !== hours) return { hours, to: at, changes: true };
  return { hours, to, changes: false };
}

/** Up to a full quarter of an hour all wall clocks go on evenly: what comes first, that or hours that begin or end. */
function nextMoment(all: readonly StandbyHours[], at: number): number {
  const quarter = Math.floor(at / QUARTER_MS) * QUARTER_MS + QUARTER_MS;
  const startOfMinute = Math.floor(at / MINUTE_MS) * MINUTE_MS;
  const ahead = all.flatMap(({ fromMinute, toMinute, timezone }) => {
    const { minute } = wallClock(at, timezone);
    return [fromMinute, toMinute].map(edge => startOfMinute + (edge - minute) * MINUTE_MS);
  });
  return Math.min(quarter, ...ahead.filter(moment => moment > at));
}

function indexAt(all: readonly StandbyHours[], at: number): number {
  return all.findIndex(hours => areInForce(hours, at));
}

function areInForce({ days, fromMinute, timezone, toMinute }: StandbyHours, at: number): boolean {
  const { day, minute } = wallClock(at, timezone);
  const begins = (ago: number) => days.some(name => DAYS.indexOf(name) === (day + 7 - ago) % 7);
  if (fromMinute < toMinute) return begins(0) && fromMinute <= minute && minute < toMinute;
  return (begins(0) && fromMinute <= minute) || (begins(1) && minute < toMinute);
}

/** As a clock of `clockOf` shows them. */
const SHOWN_DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

const clocks = new Map<string, Intl.DateTimeFormat>();

/** The day of the week, Monday being 0, and the minute of the day that a clock shows there. */
function wallClock(at: number, timezone: string): { readonly day: number; readonly minute: number } {
  const clock = clocks.get(timezone) ?? clockOf(timezone);
  clocks.set(timezone, clock);
  const parts = new Map(clock.formatToParts(at).map(({ type, value }) => [type, value]));
  const day = SHOWN_DAYS.indexOf(parts.get('weekday') ?? '');
  return { day, minute: Number(parts.get('hour')) * 60 + Number(parts.get('minute')) };
}

function clockOf(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-US', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
}
