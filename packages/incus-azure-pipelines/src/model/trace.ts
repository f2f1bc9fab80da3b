/** A job as the history of an agent pool tells it: what a replay needs, and nothing of whose it was. */
export interface TracedJob {
  /** When it was queued (epoch ms). */
  readonly queuedAt: number;
  /** From the agent that took it to its end. */
  readonly runMs: number;
  /** Foreign text. */
  readonly demands: readonly string[];
  /** How long it waited then, from the queue to the agent that took it; undefined where nobody knows. */
  readonly waitedMs: number | undefined;
}
