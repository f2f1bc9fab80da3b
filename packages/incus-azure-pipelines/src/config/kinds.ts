/** Kinds of values in the file. Each knows how to say what it expects, so that every key explains itself alike. */

import * as z from 'zod';
import { DURATION_PATTERN, formatDuration, parseDuration } from '../lib/units.js';

/** What a message says of a key whose value is not accepted. */
export interface Expectation {
  readonly kind: 'text' | 'number' | 'duration' | 'flag' | 'list' | 'map' | 'choice';
  /** Completes "write ...". */
  readonly expects: string;
  /** A value that is accepted, as YAML. */
  readonly example: string;
  /** The key that was meant where text stands in place of this map, and for what. */
  readonly otherKey?: string;
}

const expectations = z.registry<Expectation>();

/** Tells what a schema expects; undefined for one that has not said so. */
export function expectationOf(schema: z.core.$ZodType): Expectation | undefined {
  return expectations.get(schema);
}

/** Attaches an expectation to a schema. */
export function expecting<T extends z.ZodType>(schema: T, expectation: Expectation): T {
  expectations.add(schema, expectation);
  return schema;
}

/** A key that may be left out, with its sentence for the reference, and its default as text where there is one. */
export function key<T extends z.ZodType>(schema: T, description: string, defaultValue?: unknown): z.ZodOptional<T> {
  const described = schema.meta({ description, ...(defaultValue === undefined ? {} : { default: defaultValue }) });
  const expectation = expectations.get(schema);
  if (expectation !== undefined) expectations.add(described, expectation);
  return described.optional();
}

/** Text on one line, not empty, without control characters or characters that cannot be seen. */
export function text(expects: string, example: string, pattern: RegExp = /^(?!\s*$)[^\p{Cc}\p{Cf}\u2028\u2029]+$/u) {
  return expecting(z.string().regex(pattern), { kind: 'text', expects, example });
}

/** A path of a file, absolute or relative to the configuration. */
export function path(example: string) {
  return text('a path', example);
}

/** A whole number within bounds. */
export function count(least: number, most: number, example: number) {
  const schema = z.int().min(least).max(most);
  return expecting(schema, {
    kind: 'number',
    expects: `a whole number from ${least} to ${most}`,
    example: `${example}`,
  });
}

/** A size in GiB, fractions allowed. */
export function gib(least: number, example: number) {
  const schema = z.number().min(least).max(65_536);
  return expecting(schema, { kind: 'number', expects: `a number of GiB from ${least} up`, example: `${example}` });
}

/** A duration with its unit; milliseconds once parsed. */
export function duration(example: string, leastMs = 1000, mostMs = 86_400_000) {
  const schema = z
    .string()
    .regex(DURATION_PATTERN)
    .transform(written => parseDuration(written) ?? 0)
    .refine(durationMs => durationMs >= leastMs && durationMs <= mostMs);
  const range = `from ${formatDuration(leastMs)} to ${formatDuration(mostMs)}`;
  return expecting(schema, {
    kind: 'duration',
    expects: `a duration ${range} with its unit, such as 90s or 1h30m`,
    example,
  });
}

/** A day of the calendar, as text. */
export function day(example: string) {
  const schema = z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}$/)
    .refine(written => isDay(written));
  return expecting(schema, { kind: 'text', expects: 'a day as YYYY-MM-DD', example });
}

/** The 31st of February is read as a day in March. */
function isDay(written: string): boolean {
  const at = Date.parse(`${written}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(written);
}

/** Yes or no. */
export function flag(example: boolean) {
  return expecting(z.boolean(), { kind: 'flag', expects: 'true or false', example: `${example}` });
}
