import { suggest } from '../config/suggest.js';

const MOST = 3;

/** Names that a person may have meant: those that hold what was written, and the one that is nearest to it. */
export function nearNames(written: string, names: readonly string[]): readonly string[] {
  const wanted = written.toLowerCase();
  const holding = wanted === '' ? [] : names.filter(name => name.toLowerCase().includes(wanted));
  const nearest = suggest(written, names);
  return [...new Set([...(nearest === undefined ? [] : [nearest]), ...holding])].slice(0, MOST);
}
