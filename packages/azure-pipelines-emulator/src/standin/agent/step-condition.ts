/** Whether a step is to run, by how the job stands when its turn comes. */

export type JobStanding = 'succeeded' | 'failed' | 'canceled';

/**
 * Evaluates the status functions alone: `succeeded()`, `succeededOrFailed()`, `failed()`, `canceled()`, `always()`. The
 * last one that a longer expression names decides; an expression with none means `succeeded()`, as in a pipeline.
 */
export function shouldRun(condition: string, standing: JobStanding): boolean {
  const calls = [...condition.matchAll(/\b(always|succeededOrFailed|succeeded|failed|canceled)\s*\(\s*\)/gi)];
  const name = calls.at(-1)?.[1] ?? 'succeeded';
  switch (name.toLowerCase()) {
    case 'always':
      return true;
    case 'succeededorfailed':
      return standing !== 'canceled';
    case 'failed':
      return standing === 'failed';
    case 'canceled':
      return standing === 'canceled';
    default:
      return standing === 'succeeded';
  }
}
