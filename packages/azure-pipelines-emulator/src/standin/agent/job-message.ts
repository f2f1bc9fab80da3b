/** The job message: what a worker reads of it. */

import {
  isJsonObject,
  type JsonObject,
  numberIn,
  objectFrom,
  objectIn,
  objectsIn,
  optionalTextIn,
  parseJson,
  textIn,
  textsIn,
} from './json.js';

export interface JobVariable {
  readonly value: string;
  readonly isSecret: boolean;
}

export interface JobStep {
  readonly id: string;
  readonly name: string;
  readonly displayName: string;
  readonly condition: string;
  readonly continueOnError: boolean;
  /** 0 means no limit. */
  readonly timeoutMs: number;
  readonly task: { readonly id: string; readonly name: string; readonly version: string };
  readonly inputs: ReadonlyMap<string, string>;
  readonly environment: ReadonlyMap<string, string>;
}

export interface JobMessage {
  readonly jobId: string;
  readonly jobName: string;
  readonly displayName: string;
  readonly requestId: number;
  readonly plan: { readonly id: string; readonly hubName: string; readonly scopeIdentifier: string };
  readonly timelineId: string;
  readonly steps: readonly JobStep[];
  readonly variables: ReadonlyMap<string, JobVariable>;
  /** Regular expressions of what no log may show. */
  readonly masks: readonly string[];
  readonly systemConnection: { readonly url: string; readonly accessToken: string };
}

const what = 'the job message';

/** Parses a decrypted job message; throws an Error that names the member that is missing. */
export function parseJobMessage(body: string): JobMessage {
  const message = objectFrom(parseJson(body), what);
  const plan = objectIn(message, 'plan');
  const jobName = textIn(message, 'jobName', what);
  return {
    jobId: textIn(message, 'jobId', what),
    jobName,
    displayName: optionalTextIn(message, 'jobDisplayName') ?? jobName,
    requestId: numberIn(message, 'requestId', what),
    plan: {
      id: textIn(plan, 'planId', what),
      hubName: textIn(plan, 'planType', what),
      scopeIdentifier: textIn(plan, 'scopeIdentifier', what),
    },
    timelineId: textIn(objectIn(message, 'timeline'), 'id', what),
    steps: objectsIn(message, 'steps')
      .filter(step => step.enabled !== false)
      .map(parseStep),
    variables: parseVariables(objectIn(message, 'variables')),
    masks: objectsIn(message, 'mask').flatMap(mask => optionalTextIn(mask, 'value') ?? []),
    systemConnection: parseSystemConnection(message),
  };
}

function parseStep(step: JsonObject): JobStep {
  const task = objectIn(step, 'reference');
  const name = optionalTextIn(step, 'name') ?? optionalTextIn(task, 'name') ?? 'step';
  const minutes = step.timeoutInMinutes;
  return {
    id: textIn(step, 'id', what),
    name,
    displayName: optionalTextIn(step, 'displayName') ?? name,
    condition: optionalTextIn(step, 'condition') ?? 'succeeded()',
    continueOnError: step.continueOnError === true,
    timeoutMs: typeof minutes === 'number' ? minutes * 60_000 : 0,
    task: {
      id: optionalTextIn(task, 'id') ?? '',
      name: optionalTextIn(task, 'name') ?? '',
      version: optionalTextIn(task, 'version') ?? '',
    },
    inputs: textsIn(step, 'inputs'),
    environment: textsIn(step, 'environment'),
  };
}

function parseVariables(members: JsonObject): ReadonlyMap<string, JobVariable> {
  const variables = new Map<string, JobVariable>();
  for (const [name, variable] of Object.entries(members)) {
    if (!isJsonObject(variable)) continue;
    const value = optionalTextIn(variable, 'value');
    if (value !== undefined) variables.set(name, { value, isSecret: variable.isSecret === true });
  }
  return variables;
}

function parseSystemConnection(message: JsonObject): JobMessage['systemConnection'] {
  const endpoints = objectsIn(objectIn(message, 'resources'), 'endpoints');
  const endpoint = endpoints.find(candidate => candidate.name === 'SystemVssConnection');
  if (endpoint === undefined) throw new Error(`read ${what}: no endpoint "SystemVssConnection"`);
  const parameters = objectIn(objectIn(endpoint, 'authorization'), 'parameters');
  return { url: textIn(endpoint, 'url', what), accessToken: textIn(parameters, 'AccessToken', what) };
}
