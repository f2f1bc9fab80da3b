/** Reads members out of JSON that came from outside, and says what was wrong with it. */

export interface JsonObject {
  readonly [key: string]: unknown;
}

/** Whether the value is a JSON object, neither null nor a list. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns the value as an object; throws an Error that names `what` otherwise. */
export function objectFrom(value: unknown, what: string): JsonObject {
  if (!isJsonObject(value)) throw new Error(`read ${what}: expected a JSON object`);
  return value;
}

/** Returns the member as an object, empty when it is absent or something else. */
export function objectIn(object: JsonObject, key: string): JsonObject {
  const value = object[key];
  return isJsonObject(value) ? value : {};
}

/** Returns the string member; throws an Error that names `what` and the key otherwise. */
export function textIn(object: JsonObject, key: string, what: string): string {
  const value = object[key];
  if (typeof value !== 'string') throw new Error(`read ${what}: "${key}" is missing or not a string`);
  return value;
}

/** Returns the string member, undefined when it is absent, null or something else. */
export function optionalTextIn(object: JsonObject, key: string): string | undefined {
  const value = object[key];
  return typeof value === 'string' ? value : undefined;
}

/** Returns the number member; throws an Error that names `what` and the key otherwise. */
export function numberIn(object: JsonObject, key: string, what: string): number {
  const value = object[key];
  if (typeof value !== 'number') throw new Error(`read ${what}: "${key}" is missing or not a number`);
  return value;
}

/** Returns the objects of a list member, empty when it is absent; members that are no objects are left out. */
export function objectsIn(object: JsonObject, key: string): readonly JsonObject[] {
  const value = object[key];
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

/** Returns the string members of an object member by key; others are left out. */
export function textsIn(object: JsonObject, key: string): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const [name, value] of Object.entries(objectIn(object, key))) {
    if (typeof value === 'string') texts.set(name, value);
  }
  return texts;
}

/** Parses JSON text with or without a leading byte order mark. */
export function parseJson(text: string): unknown {
  return JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text);
}
