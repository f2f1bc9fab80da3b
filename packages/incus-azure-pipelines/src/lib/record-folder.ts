import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface RecordFolderLimits {
  /** Most records that are kept; the oldest go first. */
  readonly most: number;
  readonly oldestMs: number;
}

/** A bounded folder of JSON records, one file for each name. Names are checked: no text from outside becomes a path. */
export class RecordFolder<T> {
  readonly #directory: string;
  readonly #limits: RecordFolderLimits;

  constructor(directory: string, limits: RecordFolderLimits) {
    this.#directory = directory;
    this.#limits = limits;
  }

  /** Writes a record, whole or not at all, and lets the oldest go. @throws Error when the folder cannot be written. */
  async write(name: string, record: T): Promise<void> {
    const path = this.#pathOf(name);
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    await writeFile(`${path}.new`, JSON.stringify(record), { mode: 0o600 });
    await rename(`${path}.new`, path);
    await this.#prune();
  }

  /** Reads a record; undefined where there is none. */
  async read(name: string): Promise<T | undefined> {
    const text = await readFile(this.#pathOf(name), 'utf8').catch(error => {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw error;
    });
    return text === undefined ? undefined : (JSON.parse(text) as T);
  }

  /** Names of all records, the newest first. */
  async names(): Promise<readonly string[]> {
    return (await this.#files()).map(({ file }) => file.slice(0, -SUFFIX.length));
  }

  async #prune(): Promise<void> {
    const files = await this.#files();
    const oldest = Date.now() - this.#limits.oldestMs;
    const over = files.filter(({ at }, index) => index >= this.#limits.most || at < oldest);
    await Promise.all(over.map(({ file }) => rm(join(this.#directory, file), { force: true })));
  }

  async #files(): Promise<{ file: string; at: number }[]> {
    const names = await readdir(this.#directory).catch(() => []);
    const files = names.filter(file => file.endsWith(SUFFIX));
    const dated = await Promise.all(
      files.map(async file => ({
        file,
        at: (await stat(join(this.#directory, file)).catch(() => undefined))?.mtimeMs ?? 0,
      })),
    );
    return dated.sort((a, b) => b.at - a.at);
  }

  #pathOf(name: string): string {
    if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(name)) throw new Error(`"${name}" is no name of an agent`);
    return join(this.#directory, `${name}${SUFFIX}`);
  }
}

const SUFFIX = '.json';
