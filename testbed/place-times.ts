import type { Emulator, EmulatorEvent } from 'azure-pipelines-emulator';
import type { LifecycleLog } from './lifecycle-log.js';

/** When agents with a job gave up their places, and when others came online, by the emulator's own times and Incus'. */
export class PlaceTimes implements Disposable {
  readonly #events: EmulatorEvent[] = [];
  readonly #lifecycle: LifecycleLog;
  readonly #off: () => void;

  constructor(emulator: Emulator, lifecycle: LifecycleLog) {
    this.#off = emulator.on(event => this.#events.push(event));
    this.#lifecycle = lifecycle;
  }

  /**
   * For each place that was given up, in order: ms until an agent more than the first `places` was online; negative where that
   * came before. A place is given up when Azure ends the job of its agent, or with the instance, whichever is first.
   */
  emptyMs(places: number): readonly number[] {
    const fills = this.#firsts('agent-online').slice(places);
    const ends = this.#firsts('job-assigned').map(({ name }) =>
      Math.min(this.#finishedAt(name), this.#deletedAt(name)),
    );
    return ends.sort((a, b) => a - b).map((at, n) => (fills[n]?.at ?? Number.POSITIVE_INFINITY) - at);
  }

  /** The first such event of each agent that had an instance: the probe of a server has none. */
  #firsts(kind: 'agent-online' | 'job-assigned'): readonly { readonly name: string; readonly at: number }[] {
    const made = this.#lifecycle.events.filter(({ metadata }) => metadata.action === 'instance-created');
    const found = made.flatMap(({ metadata: { name = '' } }) => {
      const at = this.#events.find(event => event.kind === kind && event.agentName === name)?.at;
      return at === undefined ? [] : [{ name, at }];
    });
    return found.sort((a, b) => a.at - b.at);
  }

  #finishedAt(name: string): number {
    const found = this.#events.find(event => event.kind === 'job-finished' && event.agentName === name);
    return found?.at ?? Number.POSITIVE_INFINITY;
  }

  #deletedAt(name: string): number {
    const is = ({ metadata }: LifecycleLog['events'][number]) =>
      metadata.action === 'instance-deleted' && metadata.name === name;
    return Date.parse(this.#lifecycle.events.find(is)?.timestamp ?? '9999-01-01');
  }

  [Symbol.dispose](): void {
    this.#off();
  }
}
