const UNITS = [
  { name: 'd', ms: 86_400_000 },
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

/** A time of day, of the place where the page is read. */
export function clock(at: number): string {
  return new Date(at).toLocaleTimeString('en-GB');
}

/** The same without seconds. */
export function minute(at: number): string {
  return clock(at).slice(0, 5);
}

/** A number and its noun. */
export function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}

/** What tells an agent from the others of its pool: the end of its name. */
export function shortName(name: string): string {
  return name.split('-').at(-1) ?? name;
}
