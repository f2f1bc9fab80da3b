/** A part of what the configuration names. @throws Error where it is not there. */
export function required<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`"${what}" is not in the configuration`);
  return value;
}
