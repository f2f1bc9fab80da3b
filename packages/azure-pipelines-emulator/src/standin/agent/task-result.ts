/** How a step or a job ended, in the order of the service's own numbers. */
export const taskResults = ['succeeded', 'succeededWithIssues', 'failed', 'canceled', 'skipped', 'abandoned'] as const;

export type TaskResult = (typeof taskResults)[number];

const workerExitBase = 100;

/** Returns the exit code by which a worker tells the listener its job's result. */
export function workerExitCode(result: TaskResult): number {
  return workerExitBase + taskResults.indexOf(result);
}

/** Returns the result that a worker's exit code stands for, undefined when the worker crashed. */
export function resultOfWorkerExit(code: number | undefined): TaskResult | undefined {
  return code === undefined ? undefined : taskResults[code - workerExitBase];
}
