import type { IncusClient, IncusEvent } from 'incus-client';

/** What Incus told of one guest, epoch ms. */
export interface Life {
  readonly createdAt?: number;
  readonly preparedAt?: number;
  readonly markedAt?: number;
  readonly pushedAt?: number;
  readonly finishedAt?: number;
}

/** Follows the lives of a project's guests by the daemon's own time stamps, beside whoever drives them. */
export class Lives implements AsyncDisposable {
  readonly #stop = new AbortController();
  readonly #lives = new Map<string, Life>();
  readonly #following: Promise<void>;

  constructor(incus: IncusClient) {
    this.#following = this.#follow(incus);
  }

  of(name: string): Life {
    return this.#lives.get(name) ?? {};
  }

  /** How many instances were created since, those that are gone again among them. */
  createdSince(since: number): number {
    return [...this.#lives.values()].filter(({ createdAt }) => createdAt !== undefined && createdAt >= since).length;
  }

  /** From created to prepared, ms, of every guest that got there after `since`. */
  preparations(since: number): readonly number[] {
    return [...this.#lives.values()].flatMap(({ createdAt, preparedAt }) =>
      createdAt === undefined || preparedAt === undefined || preparedAt < since ? [] : [preparedAt - createdAt],
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#following;
  }

  async #follow(incus: IncusClient): Promise<void> {
    for await (const event of incus.events.subscribe({ types: ['lifecycle'], signal: this.#stop.signal }))
      this.#hear(event);
  }

  #hear(event: IncusEvent): void {
    if (event.type !== 'lifecycle' || event.metadata.name === undefined) return;
    const { name } = event.metadata;
    this.#lives.set(name, next(this.of(name), event.metadata.action, Date.parse(event.timestamp)));
  }
}

/** The same word rings twice: prepared, and finished once the activation was pushed. */
function next(life: Life, action: string, at: number): Life {
  if (action === 'instance-created' && life.createdAt === undefined) return { ...life, createdAt: at };
  if (action === 'instance-ready' && life.preparedAt === undefined) return { ...life, preparedAt: at };
  if (action === 'instance-ready' && life.finishedAt === undefined) return { ...life, finishedAt: at };
  if (action === 'instance-updated' && life.preparedAt !== undefined && life.markedAt === undefined)
    return { ...life, markedAt: at };
  if (action === 'instance-file-pushed' && life.pushedAt === undefined) return { ...life, pushedAt: at };
  return life;
}
