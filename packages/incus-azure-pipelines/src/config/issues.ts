/** What the schema refuses, in words: one finding per place. */

import * as z from 'zod';
import { error, type Finding, formatPath, type KeyPath, show, valueAt } from './finding.js';
import { expectationOf } from './kinds.js';
import { fileSchema } from './schema.js';
import { suggest } from './suggest.js';

/** Turns the schema's issues about a parsed file into findings. */
export function findingsOf(issues: readonly z.core.$ZodIssue[], file: unknown): readonly Finding[] {
  return issues.flatMap(issue => findingsAt(issue, file, []));
}

function findingsAt(issue: z.core.$ZodIssue, file: unknown, parent: KeyPath): readonly Finding[] {
  const path: KeyPath = [...parent, ...issue.path.filter(part => typeof part !== 'symbol')];
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map(name => unknownKey([...path, name], valueAt(file, [...path, name])));
  if (issue.code === 'invalid_key') return [invalidKey(path)];
  if (issue.code === 'invalid_union') {
    // A branch that complains about something inside the value took its shape: its words are the useful ones.
    const branch = issue.errors.find(errors => errors.every(inner => inner.path.length > 0));
    if (branch !== undefined) return branch.flatMap(inner => findingsAt(inner, file, path));
  }
  return [invalidValue(path, valueAt(file, path))];
}

function unknownKey(path: KeyPath, value: unknown): Finding {
  const name = String(path.at(-1));
  const parent = path.slice(0, -1);
  const siblings = keysOf(schemaAt(parent));
  const unknown = (remedy: string) => error(path, 'unknown key', remedy, 'key');
  if (name === '<<') return unknown('merge keys are not read; what stands beside "pools:" is the default of each pool');
  if (parent[0] === 'pools' && parent.length === 2 && Object.hasOwn(fileSchema.shape, name)) {
    const { otherKey } = expectationOf(fileSchema.shape[name as keyof typeof fileSchema.shape].unwrap()) ?? {};
    if (typeof value === 'string' && otherKey !== undefined) return unknown(`write ${otherKey}`);
    return unknown('it holds for the whole file: move it beside "pools:"');
  }
  const [home, ...others] = homesOf(name, parent);
  if (home !== undefined) {
    const places = [home, ...others].map(inner => `"${formatPath(inner.slice(parent.length))}:"`);
    const finding = unknown(`it belongs under ${places.join(' or ')}`);
    return others.length > 0 ? finding : { ...finding, meant: [...home, name] };
  }
  const near = suggest(name, siblings);
  if (near !== undefined) return { ...unknown(`did you mean "${near}"?`), meant: [...parent, near] };
  if (parent.length > 0 && name !== 'name' && Object.hasOwn(fileSchema.shape, name)) {
    return { ...unknown(`it does not belong under "${formatPath(parent)}:"; move it out`), meant: [name] };
  }
  return unknown(`delete it; known here are ${siblings.join(', ')}`);
}

/** The maps below a place that know a key, of those the least deep; azure's own, which no file is without, before all others. */
function homesOf(name: string, place: KeyPath): readonly KeyPath[] {
  let level: readonly KeyPath[] = [place];
  while (level.length > 0) {
    level = level.flatMap(outer => keysOf(schemaAt(outer)).map(inner => [...outer, inner]));
    const homes = level.filter(inner => keysOf(schemaAt(inner)).includes(name));
    const needed = homes.find(inner => inner.at(-1) === 'azure');
    if (homes.length > 0) return needed === undefined ? homes : [needed];
  }
  return [];
}

function invalidKey(path: KeyPath): Finding {
  const record = schemaAt(path.slice(0, -1));
  const expects = record instanceof z.ZodRecord ? expectationOf(record.keyType)?.expects : undefined;
  return error(path, `${show(path.at(-1))} cannot be a name here`, `write ${expects ?? 'another name'}`, 'key');
}

/** Keys that no file can do without. */
const NEEDED: ReadonlySet<unknown> = new Set(['agentCount', 'baseImage', 'azure', 'url', 'pool', 'pat']);

/** Keys whose value is never shown, and what it is. */
const SECRETS: ReadonlyMap<unknown, string> = new Map([
  ['pat', 'token'],
  ['secret', 'secret'],
  ['password', 'password'],
]);

function invalidValue(path: KeyPath, value: unknown): Finding {
  const schema = schemaAt(path);
  const expectation = schema === undefined ? undefined : expectationOf(schema);
  const name = path.at(-1);
  if (expectation === undefined)
    return error(path, `${show(value)} is not accepted`, 'see the output of the verb "schema"');
  const { expects, example, kind } = expectation;
  const prefix = typeof name === 'string' ? `${name}: ` : '';
  const write = `write ${prefix}${example}`;
  if (value === undefined) return error(path, 'is missing', write);
  if (value === null) return error(path, 'has no value', NEEDED.has(name) ? write : `${write}, or delete the key`);
  const secret = SECRETS.get(name);
  if (secret !== undefined) return error(path, `is not a ${secret}`, `write ${expects}`);
  if (kind === 'duration' && typeof value === 'number') {
    return error(path, `${value} has no unit`, `write ${prefix}${value}s for seconds or ${value}m for minutes`);
  }
  if (kind === 'text' && (typeof value === 'number' || typeof value === 'boolean')) {
    return error(path, `${value} is a ${typeof value}, where text is needed`, `put it in quotes: ${prefix}"${value}"`);
  }
  const other = kind === 'map' && typeof value === 'string' ? expectation.otherKey : undefined;
  return error(path, `${show(value)} is not ${expects}`, other === undefined ? write : `${write}, or ${other}`);
}

function keysOf(schema: z.core.$ZodType | undefined): readonly string[] {
  const map = schema === undefined ? undefined : mapOf(schema);
  return map instanceof z.ZodObject ? Object.keys(map.shape) : [];
}

/** The schema that a path leads to; on its way, where a value may be text or a map, the map is followed. */
function schemaAt(path: KeyPath): z.core.$ZodType | undefined {
  return path.reduce<z.core.$ZodType | undefined>(
    (schema, part) => (schema === undefined ? undefined : childOf(mapOf(schema), part)),
    fileSchema,
  );
}

function childOf(schema: z.core.$ZodType, part: string | number): z.core.$ZodType | undefined {
  let child: z.core.$ZodType | undefined;
  if (schema instanceof z.ZodObject && Object.hasOwn(schema.shape, part)) child = schema.shape[part];
  if (schema instanceof z.ZodArray) child = schema.element;
  if (schema instanceof z.ZodRecord) child = schema.valueType;
  return child instanceof z.ZodOptional ? child.unwrap() : child;
}

function mapOf(schema: z.core.$ZodType): z.core.$ZodType {
  if (!(schema instanceof z.ZodUnion)) return schema;
  return schema.options.find(option => option instanceof z.ZodObject || option instanceof z.ZodArray) ?? schema;
}
