/** How the answers of a conversation are looked at. */
import type { Exchange, Json, Recording } from './exchange.js';

export class Answers {
  readonly #steps: ReadonlyMap<string, Exchange>;
  readonly #notes: Recording['notes'];

  constructor({ exchanges, notes }: Recording) {
    this.#steps = new Map(exchanges.map(exchange => [exchange.step, exchange]));
    this.#notes = notes;
  }

  get all(): readonly Exchange[] {
    return [...this.#steps.values()];
  }

  to(step: string): Exchange | undefined {
    return this.#steps.get(step);
  }

  /** The value at a path in a JSON answer, such as `value.0.id`; undefined where there is none. */
  at(step: string, path: string): Json | undefined {
    return path.split('.').reduce<Json | undefined>((value, name) => memberOf(value, name), this.to(step)?.answer);
  }

  /** Status, and what was said with it, such as `409 TaskAgentExistsException`; undefined where nothing was answered. */
  said(step: string): string | undefined {
    const found = this.to(step);
    if (found === undefined) return undefined;
    const words = [this.at(step, 'typeKey') ?? this.at(step, 'error')].filter(word => typeof word === 'string');
    const form = { json: [], page: ['a page'], empty: ['no body'], other: ['no JSON'] }[found.form];
    return [String(found.status), ...form, ...words].join(' ');
  }

  /** The same, with some members of the answer and what was noted: `200, enabled false, status offline`. */
  shows(step: string, ...paths: readonly string[]): string | undefined {
    const said = this.said(step);
    if (said === undefined) return undefined;
    const members = paths.map(path => `${path.split('.').at(-1)} ${inWords(this.at(step, path))}`);
    const note = this.#notes[step];
    return [said, ...members, ...(note === undefined ? [] : [note])].join(', ');
  }
}

/** The part of a value under a name; undefined where it has none. */
export function memberOf(value: Json | undefined, name: string): Json | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}

function inWords(value: Json | undefined): string {
  if (value === undefined) return 'absent';
  if (Array.isArray(value)) return value.length === 0 ? 'empty' : 'a list';
  if (typeof value === 'object' && value !== null) return 'there';
  return String(value)
    .replace(/^<guid \d+>$/, 'an id')
    .replace(/^<time.*>$/, 'a time')
    .replace(/^<agent \d+>$/, 'ours')
    .replace(/^<text(?:: (.*))?>$/, (_, phrases?: string) => phrases ?? 'a text');
}
