import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, systemClock } from './clock.js';
import { replaceFile } from './installation.js';

export interface RecordFolderLimits {
  /** Most records that are kept; the oldest go first. */
  readonly most: number;
  /** Of all records together; the newest one stays, however large it is. */
  readonly mostBytes: number;
  readonly oldestMs: number;
}

interface Listed {
  readonly at: number;
  readonly bytes: number;
}

/**
 * A bounded folder of JSON records, one file for each name. Names are checked: no text from outside becomes a path. The
 * folder is listed once; it is for one process alone.
 */
export class RecordFolder<T> {
  readonly #directory: string;
  readonly #limits: RecordFolderLimits;
  readonly #clock: Pick<Clock, 'now'>;
  #listing: Promise<Map<string, Listed>> | undefined;

  constructor(directory: string, limits: RecordFolderLimits, clock: Pick<Clock, 'now'> = systemClock) {
    this.#directory = directory;
    this.#limits = limits;
    this.#clock = clock;
  }

  /** Writes a record, whole or not at all, and lets the oldest go. @throws Error when the folder cannot be written. */
  async write(name: string, record: T): Promise<void> {
    const path = this.#pathOf(name);
    const listed = await this.#listed();
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    const text = JSON.stringify(record);
    await replaceFile(path, text);
    // The last in the map is the one written last.
    listed.delete(name);
    listed.set(name, { at: this.#clock.now(), bytes: Buffer.byteLength(text) });
    await this.#prune(listed);
  }

  /** Reads a record; undefined where there is none, or one that was cut short, as by a loss of power. */
  async read(name: string): Promise<T | undefined> {
    const text = await readFile(this.#pathOf(name), 'utf8').catch(error => {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (text === undefined) return undefined;
    try {
      return JSON.parse(text) as T;
    } catch {
      return undefined;
    }
  }

  /** Names of all records, the newest first. What has become too old since the last one was written goes before. */
  async names(): Promise<readonly string[]> {
    const listed = await this.#listed();
    await this.#prune(listed);
    return [...listed.keys()].toReversed();
  }

  async #prune(listed: Map<string, Listed>): Promise<void> {
    const { most, mostBytes, oldestMs } = this.#limits;
    const oldestAt = this.#clock.now() - oldestMs;
    const over: string[] = [];
    let total = [...listed.values()].reduce((sum, { bytes }) => sum + bytes, 0);
    for (const [name, { at, bytes }] of listed) {
      const isTooMuch = listed.size > 1 && total > mostBytes;
      if (!isTooMuch && listed.size <= most && at >= oldestAt) break;
      listed.delete(name);
      over.push(name);
      total -= bytes;
    }
    await Promise.all(over.map(name => rm(this.#pathOf(name), { force: true })));
  }

  /** When each record was written and how large it is, the oldest first. */
  #listed(): Promise<Map<string, Listed>> {
    this.#listing ??= this.#list();
    return this.#listing;
  }

  async #list(): Promise<Map<string, Listed>> {
    const found = await readdir(this.#directory).catch(() => []);
    const files = found.filter(file => file.endsWith(SUFFIX) && NAME.test(file.slice(0, -SUFFIX.length)));
    const dated = await Promise.all(
      files.map(async file => {
        const status = await stat(join(this.#directory, file)).catch(() => undefined);
        return [file.slice(0, -SUFFIX.length), { at: status?.mtimeMs ?? 0, bytes: status?.size ?? 0 }] as const;
      }),
    );
    return new Map(dated.sort(([, a], [, b]) => a.at - b.at));
  }

  #pathOf(name: string): string {
    if (!NAME.test(name)) throw new Error(`"${name}" is no name of an agent`);
    return join(this.#directory, `${name}${SUFFIX}`);
  }
}

const SUFFIX = '.json';
const NAME = /^[a-z0-9][a-z0-9-]{0,62}$/;
