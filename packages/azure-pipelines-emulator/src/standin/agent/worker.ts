/** The program behind `Agent.Worker`: one job, told over the channel by which the listener started it. */

import { join } from 'node:path';
import { openDiagnostics } from './diagnostics.js';
import { runJob } from './job-run.js';
import { agentRootDirectory, presentAs, restoreEnvironment } from './process-environment.js';
import { ProcessGroups } from './process-groups.js';
import { workerExitCode } from './task-result.js';
import { isWorkerMessage, type JobOrder } from './worker-channel.js';

const crashExitCode = 1;
const rootDirectory = agentRootDirectory();
restoreEnvironment(process.env);
presentAs('Agent.Worker', rootDirectory, process.argv.slice(2));
const directory = process.env.WORKER_DIAGLOGPATH ?? join(rootDirectory, '_diag');
const diagnose = openDiagnostics(directory, 'Worker', Date.now());
const canceled = new AbortController();
const groups = new ProcessGroups();

// A terminal's or a service's signal reaches the whole group: the listener alone decides what becomes of the job.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
process.once('disconnect', () => {
  // Nobody renews the lock any more: the service will find out by itself, and says then that it lost this agent.
  diagnose('the listener is gone');
  groups.killAll();
  process.exit(crashExitCode);
});
process.on('message', message => {
  if (!isWorkerMessage(message)) return;
  if (message.kind === 'cancel') canceled.abort();
  else void work(message.order);
});

async function work(order: JobOrder): Promise<void> {
  try {
    const result = await runJob(order, { diagnose, canceled: canceled.signal, groups });
    diagnose(`the job's result is ${result}`);
    process.exit(workerExitCode(result));
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    diagnose(text);
    process.stderr.write(`${text}\n`);
    process.exit(crashExitCode);
  }
}
