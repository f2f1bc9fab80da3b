const TASK_RESULTS = ['succeeded', 'succeededWithIssues', 'failed', 'canceled', 'skipped', 'abandoned'] as const;

/** How a job or a step ended, in the service's words. */
export type TaskResult = (typeof TASK_RESULTS)[number];

/** Reads a result sent by name, in any case, or by number, as the SDK's reader does. */
export function parseTaskResult(value: unknown): TaskResult | undefined {
  if (typeof value === 'number') return TASK_RESULTS[value];
  if (typeof value !== 'string') return undefined;
  return TASK_RESULTS.find(result => result.toLowerCase() === value.toLowerCase());
}
