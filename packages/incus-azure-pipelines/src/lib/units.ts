/** Durations and sizes as people write them: `90s`, `1h30m`, `4 GiB`. */

const UNIT_MS = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 } as const;

/** What a duration looks like: whole numbers with units, the largest unit first, each at most once. */
export const DURATION_PATTERN = /^(?=\d)(?:(\d{1,6})d)?(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,6})s)?(?:(\d{1,9})ms)?$/;

/** Reads a duration such as `90s` or `1h30m` into milliseconds; undefined when the text is none, a bare number included. */
export function parseDuration(text: string): number | undefined {
  const match = DURATION_PATTERN.exec(text);
  if (match === null) return undefined;
  return Object.values(UNIT_MS).reduce((sum, unitMs, i) => sum + Number(match[i + 1] ?? 0) * unitMs, 0);
}

/** Writes whole milliseconds so that `parseDuration` reads the same number again: 5400000 is `1h30m`. */
export function formatDuration(durationMs: number): string {
  let rest = durationMs;
  let text = '';
  for (const [unit, unitMs] of Object.entries(UNIT_MS)) {
    const count = Math.floor(rest / unitMs);
    rest -= count * unitMs;
    if (count > 0) text += `${count}${unit}`;
  }
  return text === '' ? '0s' : text;
}

const GIB_BYTES = 2 ** 30;

/** Bytes in so many GiB, rounded to a whole byte. */
export function gibToBytes(gib: number): number {
  return Math.round(gib * GIB_BYTES);
}

/** Writes bytes for a person, in GiB with at most two decimals: `23.46 GiB`. */
export function formatGib(bytes: number): string {
  return `${Number((bytes / GIB_BYTES).toFixed(2))} GiB`;
}
