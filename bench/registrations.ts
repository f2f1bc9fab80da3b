import type { Emulator } from 'azure-pipelines-emulator';
import { isAgentName } from './stand-in-work.js';

/** When each agent was registered, as the emulator tells it. */
export class Registrations implements Disposable {
  readonly #at = new Map<string, number>();
  readonly #off: () => void;

  constructor(emulator: Emulator) {
    this.#off = emulator.on(event => {
      if (event.kind === 'agent-registered' && isAgentName(event.agentName)) this.#at.set(event.agentName, event.at);
    });
  }

  /** All who were registered, agents that are gone again among them. */
  get names(): readonly string[] {
    return [...this.#at.keys()];
  }

  /** Epoch ms; undefined for one that nobody has registered. */
  at(name: string): number | undefined {
    return this.#at.get(name);
  }

  [Symbol.dispose](): void {
    this.#off();
  }
}
