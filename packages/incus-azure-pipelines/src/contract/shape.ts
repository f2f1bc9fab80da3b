/** Which fields an answer has, and what kind of value each is: what a reader of it relies on. */
import type { Json } from './exchange.js';

/** Kind by path, such as `value[].id`. */
export type Shape = ReadonlyMap<string, string>;

/** The shape of an answer; what the elements of a list have stands under one path. */
export function shapeOf(answer: Json | undefined): Shape {
  const shape = new Map<string, string>();
  walk(answer, '', shape);
  return shape;
}

/** How a shape falls short of what is relied on: fields that are absent, and such of another kind. More is no harm. */
export function shortcomings(relied: Shape, seen: Shape): readonly string[] {
  const emptyLists = [...relied.keys()].filter(path => seen.get(path) === 'list' && !seen.has(`${path}[]`));
  return [...relied].flatMap(([path, kind]) => {
    if (emptyLists.some(list => path.startsWith(`${list}[]`))) return [];
    const found = seen.get(path);
    if (found === undefined) return hasLostParent(path, relied, seen) ? [] : [`no ${path}`];
    return found === kind ? [] : [`${path} is ${found}, not ${kind}`];
  });
}

/** A field below one that is absent goes without saying. */
function hasLostParent(path: string, relied: Shape, seen: Shape): boolean {
  const parents = [...path.matchAll(/\.|\[\]/g)]
    .map(({ index }) => path.slice(0, index))
    .filter(parent => parent !== '');
  return parents.some(parent => relied.has(parent) && relied.get(parent) !== seen.get(parent));
}

function walk(value: Json | undefined, path: string, shape: Map<string, string>): void {
  if (value === undefined) return;
  if (path !== '') shape.set(path, kindOf(value));
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) for (const element of value) walk(element, `${path}[]`, shape);
  else for (const [name, member] of Object.entries(value)) walk(member, path === '' ? name : `${path}.${name}`, shape);
}

function kindOf(value: Json): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'list';
  if (value === '<number>') return 'number';
  if (typeof value !== 'string') return { boolean: 'flag', number: 'number' }[typeof value as string] ?? 'object';
  if (value.startsWith('<guid')) return 'id';
  return value.startsWith('<time') ? 'time' : 'text';
}
