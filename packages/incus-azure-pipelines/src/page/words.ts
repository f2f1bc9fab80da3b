const DAY_MS = 86_400_000;
const UNITS = [
  { name: 'd', ms: DAY_MS },
  { name: 'h', ms: 3_600_000 },
  { name: 'min', ms: 60_000 },
  { name: 's', ms: 1_000 },
] as const;

/** A number and its unit, between which no line ends. */
function inUnits(number: number | string, unit: string): string {
  return `${number}\u00a0${unit}`;
}

/** A time that has passed, in its two largest units: `2 h 5 min`. */
export function duration(ms: number): string {
  const whole = Math.max(0, Math.round(ms / 1000)) * 1000;
  const index = UNITS.findIndex(unit => whole >= unit.ms);
  if (index < 0) return inUnits(0, 's');
  const [large, small] = [UNITS[index], UNITS[index + 1]];
  if (large === undefined) return inUnits(0, 's');
  const count = Math.floor(whole / large.ms);
  const rest = small === undefined ? 0 : Math.floor((whole % large.ms) / small.ms);
  return inUnits(count, large.name) + (small === undefined || rest === 0 ? '' : ` ${inUnits(rest, small.name)}`);
}

/** The same where little matters: with one decimal below ten seconds. */
export function seconds(ms: number): string {
  return ms < 10_000 ? inUnits((ms / 1000).toFixed(1), 's') : duration(ms);
}

/** When the day of an instant began (epoch ms), at the place where the page is read. */
export function dayOf(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}

/** A time of day, of the place where the page is read; with the day where that is not `today`, an instant of the reader's day. */
export function clock(at: number, today: number): string {
  return [dayName(at, today), new Date(at).toLocaleTimeString('en-GB')].filter(Boolean).join(' ');
}

/** The same without seconds. */
export function minute(at: number, today: number): string {
  return clock(at, today).slice(0, -3);
}

/** For the scale of a chart: the day stands below the time. */
export function tick(at: number, today: number): string {
  return [minute(at, at), dayName(at, today)].filter(Boolean).join('\n');
}

/** How many days it is from today to the day of an instant; below zero where that is before. */
export function daysUntil(at: number, today: number): number {
  return Math.round((dayOf(at) - dayOf(today)) / DAY_MS);
}

function dayName(at: number, today: number): string {
  return dayOf(at) === dayOf(today) ? '' : day(at, today);
}

/** The day of an instant: `Fri 4 Dec`, or with its year where that is another than that of `today`. */
export function day(at: number, today: number): string {
  const date = new Date(at);
  const name = date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' });
  if (date.getFullYear() !== new Date(today).getFullYear()) return `${name} ${date.getFullYear()}`;
  return `${date.toLocaleDateString('en-GB', { weekday: 'short' })} ${name}`;
}

/** Bytes in GiB, with at most two decimals. */
export function gib(bytes: number): string {
  return inUnits(Number((bytes / 2 ** 30).toFixed(2)), 'GiB');
}

/** A number and its noun. */
export function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}

/** What tells an agent from the others of its pool: the end of its name. */
export function shortName(name: string): string {
  return name.split('-').at(-1) ?? name;
}
