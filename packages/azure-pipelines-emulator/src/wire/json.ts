/** Reading of JSON that came from outside. What has the wrong type counts as absent. */

/** An object whose members are not known yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Returns the value when it is an object, else an empty one. */
export function toObject(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

/** Returns the objects of a list that is sent bare or wrapped as `{"count", "value"}`. */
export function toObjects(value: unknown): readonly JsonObject[] {
  return toList(value).map(toObject);
}

/** Returns the texts of a list that is sent bare or wrapped. */
export function toTexts(value: unknown): readonly string[] {
  return toList(value).filter(entry => typeof entry === 'string');
}

/** Returns a member that is a text and not empty. */
export function textOf(object: JsonObject, name: string): string | undefined {
  const value = object[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Returns a member that is a number. */
export function numberOf(object: JsonObject, name: string): number | undefined {
  const value = object[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** Returns a member that is a boolean. */
export function flagOf(object: JsonObject, name: string): boolean | undefined {
  const value = object[name];
  return typeof value === 'boolean' ? value : undefined;
}

/** Returns a member that maps names to texts; `undefined` when it is no object. */
export function textMapOf(object: JsonObject, name: string): Readonly<Record<string, string>> | undefined {
  const value = object[name];
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

/** Returns a member that is an instant in ISO 8601, in ms since the epoch. */
export function instantOf(object: JsonObject, name: string): number | undefined {
  const at = Date.parse(textOf(object, name) ?? '');
  return Number.isNaN(at) ? undefined : at;
}

/** Writes an instant as the service does; `undefined` stays absent. */
export function isoTime(at: number | undefined): string | undefined {
  return at === undefined ? undefined : new Date(at).toISOString();
}

function toList(value: unknown): readonly unknown[] {
  const list = Array.isArray(value) ? value : toObject(value).value;
  return Array.isArray(list) ? list : [];
}
