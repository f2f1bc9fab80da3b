/** One step of a job. */

import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { messageOf } from './exit-error.js';
import type { JobStep, JobVariable } from './job-message.js';
import { environmentOf, expandMacros, type JobFolders } from './job-variables.js';
import type { PlanReports } from './plan-reports.js';
import type { ProcessGroups } from './process-groups.js';
import type { JobStanding } from './step-condition.js';
import { runScript } from './step-process.js';
import type { TaskResult } from './task-result.js';

export interface StepContext {
  readonly folders: JobFolders;
  readonly variables: ReadonlyMap<string, JobVariable>;
  readonly mask: (line: string) => string;
  readonly reports: PlanReports;
  readonly canceled: AbortSignal;
  readonly groups: ProcessGroups;
}

const checkoutTaskId = '6d15af64-176c-496d-b583-fd2ae21d4df4';

/** Runs a step and reports it: record, console, log. Returns its result, `continueOnError` already considered. */
export async function runStep(step: JobStep, standing: JobStanding, context: StepContext): Promise<TaskResult> {
  const { reports, mask } = context;
  const lines: string[] = [];
  const print = (line: string): void => {
    const masked = mask(line);
    lines.push(`${new Date().toISOString()} ${masked}`);
    reports.line(step.id, masked);
  };
  reports.change([{ id: step.id, state: 'inProgress', startTime: new Date().toISOString() }]);
  print(`##[section]Starting: ${step.displayName}`);
  const { result, issue } = await outcomeOf(step, standing, context, print);
  if (issue !== undefined) print(`##[error]${issue}`);
  print(`##[section]Finishing: ${step.displayName}`);
  reports.change([
    {
      id: step.id,
      state: 'completed',
      result,
      finishTime: new Date().toISOString(),
      percentComplete: 100,
      ...(issue === undefined ? {} : { errorCount: 1, issues: [{ type: 'error', message: mask(issue) }] }),
    },
  ]);
  reports.log(step.id, lines);
  return result;
}

interface Outcome {
  readonly result: TaskResult;
  readonly issue?: string;
}

async function outcomeOf(
  step: JobStep,
  standing: JobStanding,
  context: StepContext,
  print: (line: string) => void,
): Promise<Outcome> {
  if (step.task.id === checkoutTaskId) return { result: 'succeeded' };
  const script = step.inputs.get('script');
  const failure: TaskResult = step.continueOnError ? 'succeededWithIssues' : 'failed';
  if (script === undefined) {
    return {
      result: failure,
      issue: `The task ${step.task.name} has no input "script"; this agent runs scripts only.`,
    };
  }
  const limits = stepLimits(step, standing, context);
  try {
    const exitCode = await runInBash(step, script, standing, context, limits, print);
    if (limits.timeout?.aborted === true) return { result: failure, issue: 'The task has timed out.' };
    if (limits.canceled?.aborted === true) return { result: 'canceled', issue: 'The operation was canceled.' };
    if (exitCode === 0) return { result: 'succeeded' };
    return { result: failure, issue: `Bash exited with code '${exitCode ?? 'unknown'}'.` };
  } catch (error) {
    return { result: failure, issue: messageOf(error) };
  }
}

interface StepLimits {
  readonly timeout: AbortSignal | undefined;
  /** Undefined for a step that runs although the job is canceled. */
  readonly canceled: AbortSignal | undefined;
}

function stepLimits(step: JobStep, standing: JobStanding, context: StepContext): StepLimits {
  return {
    timeout: step.timeoutMs > 0 ? AbortSignal.timeout(step.timeoutMs) : undefined,
    canceled: standing === 'canceled' ? undefined : context.canceled,
  };
}

async function runInBash(
  step: JobStep,
  script: string,
  standing: JobStanding,
  context: StepContext,
  limits: StepLimits,
  print: (line: string) => void,
): Promise<number | undefined> {
  const { folders, variables } = context;
  const scriptPath = join(folders.temp, `${randomUUID()}.sh`);
  writeFileSync(scriptPath, `${expandMacros(script, variables)}\n`);
  const directory = expandMacros(step.inputs.get('workingDirectory') ?? '', variables);
  print('========================== Starting Command Output ===========================');
  print(`bash --noprofile --norc ${scriptPath}`);
  return await runScript({
    scriptPath,
    workingDirectory: isAbsolute(directory) ? directory : join(folders.sources, directory),
    environment: environmentOf({
      inherited: process.env,
      variables,
      step: step.environment,
      jobStatus: standing.slice(0, 1).toUpperCase() + standing.slice(1),
    }),
    onLine: print,
    signal: AbortSignal.any([limits.timeout, limits.canceled].filter(signal => signal !== undefined)),
    groups: context.groups,
  });
}
