/** A whole job: its steps one after the other, and what the service hears of them. */

import { mkdirSync } from 'node:fs';
import { accessByBearer } from './access.js';
import { connect } from './connection.js';
import type { Diagnose } from './diagnostics.js';
import { messageOf } from './exit-error.js';
import { type JobMessage, type JobStep, parseJobMessage } from './job-message.js';
import { jobFolders, jobVariables } from './job-variables.js';
import { PlanReports, type RecordChange } from './plan-reports.js';
import type { ProcessGroups } from './process-groups.js';
import { secretMask } from './secret-mask.js';
import { withOriginOf } from './server-url.js';
import { type JobStanding, shouldRun } from './step-condition.js';
import { runStep, type StepContext } from './step-run.js';
import type { TaskResult } from './task-result.js';
import type { JobOrder } from './worker-channel.js';

export interface JobSurroundings {
  readonly diagnose: Diagnose;
  readonly canceled: AbortSignal;
  readonly groups: ProcessGroups;
}

/** Runs the job and reports its end; returns its result. Throws when the message or the connection is of no use. */
export async function runJob(order: JobOrder, surroundings: JobSurroundings): Promise<TaskResult> {
  const { diagnose, canceled, groups } = surroundings;
  const message = parseJobMessage(order.body);
  const folders = jobFolders(order.rootDirectory, order.workFolder, process.env.AGENT_TOOLSDIRECTORY);
  for (const folder of Object.values(folders)) mkdirSync(folder, { recursive: true });
  const { accessToken } = message.systemConnection;
  const never = new AbortController().signal;
  const connection = await connect(connectionUrl(message, order.serverUrl), accessByBearer(accessToken), never);
  const reports = new PlanReports(connection, message, diagnose);
  const variables = jobVariables(message, order, folders);
  const secrets = [...variables.values()].filter(variable => variable.isSecret).map(variable => variable.value);
  const context: StepContext = {
    folders,
    variables,
    mask: secretMask(message.masks, [accessToken, ...secrets]),
    reports,
    canceled,
    groups,
  };

  reports.change(openingRecords(message, order.agentName));
  const result = await runSteps(message.steps, context);
  // What a step left running would otherwise live on with the job's files under it.
  groups.killAll();
  const finishTime = new Date().toISOString();
  reports.change([{ id: message.jobId, state: 'completed', result, finishTime, percentComplete: 100 }]);
  try {
    await reports.complete(result, order.runOnce);
    return result;
  } catch (error) {
    diagnose(`report the job's end: ${messageOf(error)}`);
    return 'failed';
  }
}

async function runSteps(steps: readonly JobStep[], context: StepContext): Promise<TaskResult> {
  let standing: JobStanding = 'succeeded';
  let hasIssues = false;
  for (const step of steps) {
    if (context.canceled.aborted) standing = 'canceled';
    const result: TaskResult = shouldRun(step.condition, standing) ? await runStep(step, standing, context) : 'skipped';
    if (result === 'skipped') context.reports.change([{ id: step.id, state: 'completed', result }]);
    if (result === 'succeededWithIssues') hasIssues = true;
    if (result === 'canceled') standing = 'canceled';
    else if (result === 'failed' && standing === 'succeeded') standing = 'failed';
  }
  if (context.canceled.aborted) return 'canceled';
  return standing === 'succeeded' && hasIssues ? 'succeededWithIssues' : standing;
}

function openingRecords(message: JobMessage, agentName: string): readonly RecordChange[] {
  const { jobId } = message;
  const job: RecordChange = {
    id: jobId,
    type: 'Job',
    name: message.displayName,
    refName: message.jobName,
    state: 'inProgress',
    startTime: new Date().toISOString(),
    workerName: agentName,
  };
  const steps = message.steps.map((step, index): RecordChange => {
    const names = { name: step.displayName, refName: step.name, task: step.task };
    return {
      id: step.id,
      parentId: jobId,
      type: 'Task',
      ...names,
      order: index + 1,
      state: 'pending',
      workerName: agentName,
    };
  });
  return [job, ...steps];
}

/** A server on the team's own network may call itself by a name that is not known here. */
function connectionUrl(message: JobMessage, serverUrl: string): string {
  const { url } = message.systemConnection;
  const isHosted = message.variables.get('system.servertype')?.value.toLowerCase() === 'hosted';
  return isHosted ? url : withOriginOf(url, serverUrl);
}
