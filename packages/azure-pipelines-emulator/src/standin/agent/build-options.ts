/** What was fixed when this agent was packed: `bin/standin.json`. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type JsonObject, numberIn, objectFrom, parseJson, textIn } from './json.js';

export interface BuildOptions {
  readonly version: string;
  /** How long the listener waits before it does anything, in place of a heavier runtime's start. */
  readonly startDelayMs: number;
  /** Shortest and longest pause after a poll that brought nothing. */
  readonly pollPauseMs: readonly [number, number];
  /** Shortest and longest pause after a poll that failed; twice as long from the sixth in a row on. */
  readonly errorPauseMs: readonly [number, number];
}

/** Reads the options of the agent in this folder. */
export function readBuildOptions(rootDirectory: string): BuildOptions {
  const file = 'bin/standin.json';
  const options = objectFrom(parseJson(readFileSync(join(rootDirectory, file), 'utf8')), file);
  return {
    version: textIn(options, 'version', file),
    startDelayMs: numberIn(options, 'startDelayMs', file),
    pollPauseMs: rangeIn(options, 'pollPauseMs'),
    errorPauseMs: rangeIn(options, 'errorPauseMs'),
  };
}

function rangeIn(options: JsonObject, key: string): readonly [number, number] {
  const range: readonly unknown[] = Array.isArray(options[key]) ? options[key] : [];
  return [Number(range[0]), Number(range[1])];
}
