import { randomUUID } from 'node:crypto';
import type { JobRequest, Step } from '../state.js';
import type { World } from '../world.js';

/** Id of the command line task, which runs a script with bash on Linux. */
const COMMAND_LINE_TASK = 'd9bafed4-0b18-4f58-968d-86655b4d2ce9';

/**
 * Writes the message that carries a job of script steps, with the members that the agent's own end-to-end fixture
 * (`L1TestBase.cs`) has. There is no sources step, and `build.syncSources` is off: the emulator holds no repository.
 */
export function jobMessage(world: World, request: JobRequest): object {
  const url = `${world.publicUrl}/`;
  const { projectId, instanceId } = world.state;
  const repository = { id: 'self', type: 'git', version: '0'.repeat(40), url: `${url}_git/self` };
  return {
    messageType: 'PipelineAgentJobRequest',
    plan: {
      scopeIdentifier: projectId,
      planType: 'Build',
      version: 9,
      planId: request.planId,
      planGroup: 'Build',
      artifactUri: `vstfs:///Build/Build/${request.id}`,
      artifactLocation: null,
      definition: { _links: {}, id: 1, name: request.name },
      owner: { _links: {}, id: request.id, name: String(request.id) },
    },
    timeline: { id: request.timelineId, changeId: 1, location: null },
    jobId: request.jobId,
    jobDisplayName: request.name,
    jobName: request.name,
    jobContainer: null,
    requestId: request.id,
    lockedUntil: '0001-01-01T00:00:00',
    mask: [{ type: 'regex', value: request.token }],
    steps: request.steps.map(commandLineStep),
    variables: jobVariables(world, request),
    resources: {
      endpoints: [
        {
          name: 'SystemVssConnection',
          url,
          authorization: { scheme: 'OAuth', parameters: { AccessToken: request.token } },
          data: { ServerId: instanceId, ServerName: world.settings.collection },
          isShared: false,
          isReady: true,
        },
      ],
      repositories: [
        {
          alias: 'self',
          ...repository,
          endpoint: { name: 'SystemVssConnection' },
          properties: { ...repository, name: 'self', project: projectId, ref: 'refs/heads/main', checkoutOptions: {} },
        },
      ],
    },
    workspace: {},
  };
}

function commandLineStep(step: Step, index: number): object {
  return {
    type: 'task',
    reference: { id: COMMAND_LINE_TASK, name: 'CmdLine', version: '2.250.0' },
    id: randomUUID(),
    name: `CmdLine${index + 1}`,
    displayName: step.name ?? `Script ${index + 1}`,
    condition: 'succeeded()',
    continueOnError: false,
    enabled: true,
    timeoutInMinutes: 0,
    inputs: { script: step.script },
  };
}

function jobVariables(world: World, request: JobRequest): object {
  const url = `${world.publicUrl}/`;
  const plain = {
    'system.collectionId': world.state.instanceId,
    'system.teamProject': 'emulated',
    'system.teamProjectId': world.state.projectId,
    'system.definitionId': '1',
    'system.teamFoundationCollectionUri': url,
    'system.taskDefinitionsUri': url,
    'system.culture': 'en-US',
    'system.planId': request.planId,
    'system.timelineId': request.timelineId,
    'system.jobId': request.jobId,
    'build.buildId': String(request.id),
    'build.buildUri': `vstfs:///Build/Build/${request.id}`,
    'build.buildNumber': String(request.id),
    'build.definitionName': request.name,
    'build.containerId': String(request.id),
    'build.sourceBranch': 'refs/heads/main',
    'build.syncSources': 'false',
    ...request.variables,
  };
  return {
    'system.hosttype': { value: 'build', isReadOnly: true },
    // By this an agent goes by the URLs of the message, or puts the host that it was configured with in their place.
    'system.servertype': { value: world.settings.deployment === 'hosted' ? 'Hosted' : 'OnPremises', isReadOnly: true },
    ...Object.fromEntries(Object.entries(plain).map(([name, value]) => [name, { value }])),
    'system.accessToken': { value: request.token, isSecret: true },
  };
}
