/** How clients find their way: connection data, resource locations, resource areas. */
import { DISTRIBUTED_TASK_AREA, RESOURCES, type Resource } from '../resources.js';
import { type Call, json, jsonList, type Route } from '../route.js';

const ANYBODY = ['organisation', 'agent', 'job'] as const;
const VERSIONS = { minVersion: '1.0', maxVersion: '7.2', releasedVersion: '7.1' };

/** Routes of location discovery. */
export const locationRoutes: readonly Route[] = [
  { method: 'GET', template: '/_apis/connectionData', callers: ANYBODY, answer: connectionData },
  { method: 'OPTIONS', template: '/_apis', callers: ANYBODY, answer: () => locations() },
  { method: 'OPTIONS', template: '/_apis/{area}', callers: ANYBODY, answer: call => locations(call.params.area) },
  { method: 'GET', template: '/_apis/ResourceAreas', callers: ANYBODY, answer: resourceAreas },
];

/** Leaves out `serviceOwner`: with one, the SDK would look for a location service of that owner. */
function connectionData(call: Call): Response {
  const { world } = call;
  const user = { id: world.state.instanceId, providerDisplayName: call.caller.kind, isActive: true };
  return json({
    authenticatedUser: user,
    authorizedUser: user,
    instanceId: world.state.instanceId,
    deploymentType: world.settings.deployment,
    locationServiceData: {
      defaultAccessMappingMoniker: 'PublicAccessMapping',
      lastChangeId: 1,
      clientCacheTimeToLive: 3600,
      accessMappings: [
        {
          moniker: 'PublicAccessMapping',
          displayName: 'Public',
          accessPoint: world.publicUrl,
          virtualDirectory: '',
        },
      ],
      serviceDefinitions: RESOURCES.map(serviceDefinition),
    },
  });
}

function serviceDefinition(resource: Resource): object {
  return {
    serviceType: resource.area,
    identifier: resource.id,
    displayName: resource.name,
    relativeToSetting: 'fullyQualified',
    relativePath: `/${resource.template}`,
    resourceVersion: resource.resourceVersion,
    ...VERSIONS,
  };
}

function locations(area?: string): Response {
  const wanted = RESOURCES.filter(resource => area === undefined || resource.area.toLowerCase() === area.toLowerCase());
  return jsonList(
    wanted.map(resource => ({
      id: resource.id,
      area: resource.area,
      resourceName: resource.name,
      routeTemplate: resource.template,
      resourceVersion: resource.resourceVersion,
      ...VERSIONS,
    })),
  );
}

/** A server of one's own has no areas and says so with a null list, which tells the client to stay at this URL. */
function resourceAreas(call: Call): Response {
  if (call.world.settings.deployment === 'onPremises') return json({ count: 0, value: null });
  return jsonList([{ id: DISTRIBUTED_TASK_AREA, name: 'distributedtask', locationUrl: `${call.calledUrl}/` }]);
}
