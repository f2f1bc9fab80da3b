import type { IncusClient, LifecycleEvent } from 'incus-client';

/** Starts to record what happens in the client's project; resolves once nothing can be missed any more. */
export async function recordLifecycle(incus: IncusClient): Promise<LifecycleLog> {
  const log = new LifecycleLog(incus);
  await log.open();
  return log;
}

/** Every lifecycle event of a project, in the order in which they came. */
export class LifecycleLog implements AsyncDisposable {
  readonly events: LifecycleEvent[] = [];
  readonly #incus: IncusClient;
  readonly #stop = new AbortController();
  readonly #listeners = new Set<() => void>();
  #following: Promise<void> | undefined;

  constructor(incus: IncusClient) {
    this.#incus = incus;
  }

  async open(): Promise<void> {
    await new Promise<void>(resolve => {
      this.#following = this.#follow(resolve);
    });
  }

  /** Resolves with the first such event of an instance, past or to come. */
  async seen(action: string, name: string): Promise<LifecycleEvent> {
    for (;;) {
      const found = this.events.find(({ metadata }) => metadata.action === action && metadata.name === name);
      if (found !== undefined) return found;
      let listener = () => {};
      await new Promise<void>(resolve => {
        listener = resolve;
        this.#listeners.add(listener);
      }).finally(() => this.#listeners.delete(listener));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#following;
  }

  async #follow(onOpen: () => void): Promise<void> {
    for await (const event of this.#incus.events.subscribe({ types: ['lifecycle'], signal: this.#stop.signal })) {
      if (event.type === 'gap') onOpen();
      if (event.type !== 'lifecycle') continue;
      this.events.push(event);
      for (const listener of this.#listeners) listener();
    }
  }
}
