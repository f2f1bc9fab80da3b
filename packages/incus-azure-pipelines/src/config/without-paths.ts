/** Parsed YAML less some of its keys. */

import type { KeyPath } from './finding.js';

/**
 * A copy of a value without what stands at the given paths. An entry of a list is not cut out, since the others would
 * move: a pool becomes an empty map, and any other list goes as a whole.
 */
export function withoutPaths(value: object, paths: readonly KeyPath[]): unknown {
  return prune(value, paths);
}

function prune(value: unknown, paths: readonly KeyPath[]): unknown {
  if (paths.length === 0 || typeof value !== 'object' || value === null) return value;
  const below = (part: string | number) =>
    paths.filter(path => path.length > 1 && path[0] === part).map(path => path.slice(1));
  if (Array.isArray(value)) {
    return value.map((item, i) =>
      paths.some(path => path.length === 1 && path[0] === i) ? {} : prune(item, below(i)),
    );
  }
  const kept = Object.entries(value).filter(([name, inner]) => !paths.some(path => goesWith(path, name, inner)));
  return Object.fromEntries(kept.map(([name, inner]) => [name, prune(inner, below(name))]));
}

function goesWith(path: KeyPath, name: string, inner: unknown): boolean {
  if (path[0] !== name) return false;
  return path.length === 1 || (path.length === 2 && Array.isArray(inner) && name !== 'pools');
}
