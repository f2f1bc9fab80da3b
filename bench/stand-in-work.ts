import type { Emulator } from 'azure-pipelines-emulator';
import { Sightings } from './sightings.js';

/** Whether it is one of the program's agents; one that probes the server is none, nor is a placeholder. */
export function isAgentName(name: string): boolean {
  return !name.startsWith('probe-') && !isPlaceholderName(name);
}

/** Whether it is the registration that an empty pool has in place of agents. */
export function isPlaceholderName(name: string): boolean {
  return name.startsWith('placeholder_');
}

/** Sees which agents come online and whose jobs are done, until it is disposed of. */
export class Watcher implements Disposable {
  readonly sightings = new Sightings();
  readonly #off: () => void;

  constructor(emulator: Emulator) {
    this.#off = emulator.on(event => {
      if (event.kind === 'agent-online' && isAgentName(event.agentName))
        this.sightings.add({ kind: 'online', name: event.agentName, at: event.at });
      if (event.kind === 'job-finished' && event.agentName !== undefined)
        this.sightings.add({ kind: 'done', name: event.agentName, at: event.at });
    });
  }

  [Symbol.dispose](): void {
    this.#off();
  }
}

export interface ShortJobs {
  readonly jobs: number;
  readonly places: number;
  readonly seconds: number;
  /** What each of them does before it sleeps. */
  readonly first?: string;
}

/** Queues jobs that sleep. The first ones are of different lengths, so that the places do not end together. */
export function queueShortJobs(emulator: Emulator, { jobs, places, seconds, first = ':' }: ShortJobs): void {
  for (let turn = 1; turn <= jobs; turn++) {
    const length = turn < places ? (seconds * turn) / places : seconds;
    emulator.queueJob({ name: `job ${turn}`, steps: [{ script: `${first}\nsleep ${length}` }] });
  }
}
