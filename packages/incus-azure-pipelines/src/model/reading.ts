/** A value with the time its reading began, or the reason why it is not known. Unknown is never an empty list. */
export type Reading<T> =
  | { readonly known: true; readonly value: T; readonly at: number }
  | { readonly known: false; readonly error: string; readonly since: number };

/** The value of a reading, or undefined while it is unknown. */
export function knownValue<T>(reading: Reading<T> | undefined): T | undefined {
  return reading?.known ? reading.value : undefined;
}
