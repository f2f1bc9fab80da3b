/** YAML text with the place of every key. */

import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
} from 'yaml';
import type { KeyPath } from './finding.js';
import { type SyntaxAdvice, syntaxAdvice } from './syntax.js';

/** Counted from 1. */
interface Position {
  readonly line: number;
  readonly column: number;
}

export interface ConfigDocument {
  /** Plain values; undefined when the text could not be read as YAML. */
  readonly value: unknown;
  readonly problems: readonly (SyntaxAdvice & Position)[];
  /** Place of a key or of its value; of the nearest key around it where the path leads nowhere. */
  locate(path: KeyPath, at: 'key' | 'value'): Position;
}

/** Control characters that may not stand in a text file: all but tab, line feed and carriage return. */
const CONTROL = /(?![\t\n\r])\p{Cc}/u;

/** Reads YAML 1.2 text; never throws, whatever the text is. */
export function readDocument(text: string): ConfigDocument {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' });
  const position = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const problems: (SyntaxAdvice & Position)[] = [];
  for (const { code, pos } of [...document.errors, ...document.warnings]) {
    const found = { ...syntaxAdvice(code), ...position(pos[0]) };
    // One slip often breaks the rest of its line several times over.
    if (problems.at(-1)?.line !== found.line || code === 'DUPLICATE_KEY') problems.push(found);
  }
  const control = CONTROL.exec(text);
  if (control !== null) {
    const name = (control[0].codePointAt(0) ?? 0).toString(16).padStart(4, '0').toUpperCase();
    problems.push({
      problem: `a control character (U+${name}) stands here`,
      remedy: 'delete it',
      ...position(control.index),
    });
  }
  const readable =
    control === null &&
    document.errors.every(error => error.code === 'DUPLICATE_KEY') &&
    document.warnings.length === 0;
  let value: unknown;
  if (readable) {
    keepVariablesAsWritten(document);
    try {
      value = document.toJS({ maxAliasCount: 100 });
    } catch {
      problems.push(aliasProblem(document, position));
    }
  }
  return { value, problems, locate: (path, at) => position(offsetOf(document, path, at)) };
}

/** Maps whose values are text. */
const AS_WRITTEN: ReadonlySet<unknown> = new Set(['env', 'capabilities']);

/** A variable `1.10` means the text `1.10`, not the number 1.1. */
function keepVariablesAsWritten(document: Document): void {
  visit(document, {
    Pair(_, pair) {
      if (!isScalar(pair.key) || !AS_WRITTEN.has(pair.key.value) || !isMap(pair.value)) return;
      for (const { value } of pair.value.items) {
        if (isScalar(value) && (typeof value.value === 'number' || typeof value.value === 'boolean')) {
          value.value = value.source ?? String(value.value);
        }
      }
    },
  });
}

function aliasProblem(document: Document, position: (offset: number) => Position): SyntaxAdvice & Position {
  let offset: number | undefined;
  let unresolved = false;
  visit(document, {
    Alias(_, alias) {
      const resolves = alias.resolve(document) !== undefined;
      if (offset === undefined || (!unresolved && !resolves)) offset = alias.range?.[0];
      unresolved ||= !resolves;
    },
  });
  const advice = unresolved
    ? { problem: 'this alias has no anchor', remedy: 'put the value in quotes if it is meant to begin with "*"' }
    : { problem: 'the aliases of this file multiply without end', remedy: 'write the values out' };
  return { ...advice, ...position(offset ?? 0) };
}

function offsetOf(document: Document, path: KeyPath, at: 'key' | 'value'): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const [depth, part] of path.entries()) {
    const container = isAlias(node) ? node.resolve(document) : node;
    if (isSeq(container)) {
      node = container.items[Number(part)];
    } else if (isMap(container)) {
      const pair = container.items.find(
        item => isPair(item) && isScalar(item.key) && String(item.key.value) === String(part),
      );
      if (pair === undefined) return offset;
      offset = startOf(pair.key) ?? offset;
      if (at === 'key' && depth === path.length - 1) return offset;
      node = pair.value;
    } else {
      return offset;
    }
    // What belongs under a key but is not there, or is empty, is best looked for at the key.
    const inside = depth === path.length - 1 || isSeq(container);
    if (inside && !isEmpty(node)) offset = startOf(node) ?? offset;
  }
  return offset;
}

function isEmpty(node: unknown): boolean {
  return node === undefined || node === null || (isScalar(node) && node.type === 'PLAIN' && node.source === '');
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}
