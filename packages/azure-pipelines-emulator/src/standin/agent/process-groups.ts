/** The process groups of a job's steps: whatever a step left running ends with the job. */
export class ProcessGroups {
  readonly #groups = new Set<number>();

  /** Remembers a group; undefined (a process that did not start) is ignored. */
  add(group: number | undefined): void {
    if (group !== undefined) this.#groups.add(group);
  }

  /** Kills all that is left in any of the groups. */
  killAll(): void {
    for (const group of this.#groups) signalGroup(group, 'SIGKILL');
    this.#groups.clear();
  }
}

/** Sends a signal to a process group; nothing happens when nobody is left in it. */
export function signalGroup(group: number | undefined, signal: NodeJS.Signals): void {
  if (group === undefined) return;
  try {
    process.kill(-group, signal);
  } catch {
    // Nobody is left in it.
  }
}
