/** The edge where JSON becomes a wire type: checks the fields that everything else relies on. */

import { AzurePipelinesError } from './azure-pipelines-error.js';

type JsonObject = Readonly<Record<string, unknown>>;

/** For each field that a `T` must have, what makes a value fit. */
export type Shape<T> = {
  readonly [K in keyof T as Partial<Pick<T, K>> extends Pick<T, K> ? never : K]-?: (value: unknown) => boolean;
};

/** Fits a number. */
export function isNumber(value: unknown): boolean {
  return typeof value === 'number';
}

/** Fits a string. */
export function isString(value: unknown): boolean {
  return typeof value === 'string';
}

/**
 * Takes an object whose fields fit the shape for a `T`; its fields that are `null` are left out.
 *
 * @throws AzurePipelinesError of kind `protocol` that names the field.
 */
export function parseObject<T>(what: string, shape: Shape<T>, value: unknown): T {
  if (!isObject(value)) throw misshapen(what, 'it is not an object');
  for (const [field, fits] of Object.entries<(value: unknown) => boolean>(shape)) {
    if (!fits(value[field])) throw misshapen(what, `its field "${field}" is missing or of another type`);
  }
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== null)) as T;
}

/**
 * Unwraps `{"count": n, "value": [...]}`. Anything else is refused: a list that could not be read is not an empty list.
 *
 * @throws AzurePipelinesError of kind `protocol`.
 */
export function parseList<T>(what: string, shape: Shape<T>, value: unknown): readonly T[] {
  if (!isObject(value) || !Array.isArray(value.value)) throw misshapen(`list of ${what}s`, 'it has no array "value"');
  return value.value.map(element => parseObject<T>(what, shape, element));
}

/** Fits an object. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function misshapen(what: string, why: string): AzurePipelinesError {
  return new AzurePipelinesError(
    'protocol',
    `read the ${what} that the server sent: ${why}; check that the URL is right`,
  );
}
