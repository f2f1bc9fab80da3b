/** The variables of a job: those of the message and the agent's own, as steps and their environment see them. */

import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import type { JobMessage, JobVariable } from './job-message.js';
import type { JobOrder } from './worker-channel.js';

export interface JobFolders {
  readonly pipeline: string;
  readonly sources: string;
  readonly artifacts: string;
  readonly binaries: string;
  readonly testResults: string;
  readonly temp: string;
  readonly tools: string;
  readonly work: string;
}

/**
 * Returns where a job works: everything of its own lies below `_work/1`, since an agent runs one job at a time.
 *
 * @param tools the folder of tools that the environment names, by `AGENT_TOOLSDIRECTORY`.
 */
export function jobFolders(rootDirectory: string, workFolder: string, tools: string | undefined): JobFolders {
  const work = resolve(rootDirectory, workFolder);
  const pipeline = join(work, '1');
  return {
    work,
    pipeline,
    sources: join(pipeline, 's'),
    artifacts: join(pipeline, 'a'),
    binaries: join(pipeline, 'b'),
    testResults: join(pipeline, 'TestResults'),
    temp: join(work, '_temp'),
    tools: tools || join(work, '_tool'),
  };
}

/** Returns all variables of a job; the agent's own win over the message's of the same name. */
export function jobVariables(
  message: JobMessage,
  order: JobOrder,
  folders: JobFolders,
): ReadonlyMap<string, JobVariable> {
  const own: Readonly<Record<string, string>> = {
    'agent.id': String(order.agentId),
    'agent.name': order.agentName,
    'agent.machineName': hostname(),
    'agent.version': order.version,
    'agent.os': 'Linux',
    'agent.osArchitecture': process.arch.toUpperCase(),
    'agent.jobName': message.displayName,
    'agent.homeDirectory': order.rootDirectory,
    'agent.rootDirectory': folders.work,
    'agent.workFolder': folders.work,
    'agent.tempDirectory': folders.temp,
    'agent.toolsDirectory': folders.tools,
    'agent.buildDirectory': folders.pipeline,
    'pipeline.workspace': folders.pipeline,
    'system.defaultWorkingDirectory': folders.sources,
    'build.sourcesDirectory': folders.sources,
    'build.artifactStagingDirectory': folders.artifacts,
    'build.stagingDirectory': folders.artifacts,
    'build.binariesDirectory': folders.binaries,
    'common.testResultsDirectory': folders.testResults,
    ...(order.runOnce ? { 'agent.runMode': 'once' } : {}),
  };
  const variables = new Map<string, JobVariable>(message.variables);
  const nameOf = new Map([...variables.keys()].map(name => [name.toLowerCase(), name]));
  for (const [name, value] of Object.entries(own)) {
    variables.delete(nameOf.get(name.toLowerCase()) ?? name);
    variables.set(name, { value, isSecret: false });
  }
  return variables;
}

/** Returns the environment variable that a pipeline variable becomes: upper case, dots and blanks as underscores. */
export function environmentName(variable: string): string {
  return variable.replaceAll(/[. ]/g, '_').toUpperCase();
}

/** Replaces each `$(name)` whose variable exists; names are compared without case. */
export function expandMacros(text: string, variables: ReadonlyMap<string, JobVariable>): string {
  const byName = new Map([...variables].map(([name, variable]) => [name.toLowerCase(), variable.value]));
  return text.replaceAll(/\$\(([^()]+)\)/g, (macro, name: string) => byName.get(name.toLowerCase()) ?? macro);
}

export interface StepEnvironment {
  readonly inherited: NodeJS.ProcessEnv;
  readonly variables: ReadonlyMap<string, JobVariable>;
  /** The step's own `env:` entries; the only way by which a secret gets into a step's environment. */
  readonly step: ReadonlyMap<string, string>;
  readonly jobStatus: string;
}

/** Returns the environment in which a step's script runs. */
export function environmentOf(sources: StepEnvironment): NodeJS.ProcessEnv {
  const environment: NodeJS.ProcessEnv = { ...sources.inherited, TF_BUILD: 'True' };
  for (const [name, { value, isSecret }] of sources.variables) {
    if (!isSecret) environment[environmentName(name)] = value;
  }
  for (const [name, value] of sources.step) environment[name] = expandMacros(value, sources.variables);
  environment.AGENT_JOBSTATUS = sources.jobStatus;
  return environment;
}
