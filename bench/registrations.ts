import type { Emulator } from 'azure-pipelines-emulator';

/** When each agent was registered, as the emulator tells it. */
export class Registrations implements Disposable {
  readonly #at = new Map<string, number>();
  readonly #off: () => void;

  constructor(emulator: Emulator) {
    this.#off = emulator.on(event => {
      if (event.kind === 'agent-registered') this.#at.set(event.agentName, event.at);
    });
  }

  /** Epoch ms; undefined for one that nobody has registered. */
  at(name: string): number | undefined {
    return this.#at.get(name);
  }

  [Symbol.dispose](): void {
    this.#off();
  }
}
