/** The service's refusals, in its own shape. */

/** A refusal that the caller gets to see. */
export class AzureError extends Error {
  override readonly name = 'AzureError';
  readonly status: number;
  readonly typeKey: string;

  constructor(status: number, typeKey: string, message: string) {
    super(message);
    this.status = status;
    this.typeKey = typeKey;
  }
}

/** Refuses a caller that is known but not allowed. */
export function accessDenied(what: string): AzureError {
  return new AzureError(
    403,
    'AccessDeniedException',
    `Access denied. The identity in use is not permitted to ${what}.`,
  );
}

/** Refuses a body or a query that makes no sense. */
export function badRequest(message: string): AzureError {
  return new AzureError(400, 'VssPropertyValidationException', message);
}

/** Says that a pool has no such agent. */
export function agentNotFound(agentId: number | string): AzureError {
  return new AzureError(404, 'TaskAgentNotFoundException', `No agent found with identifier ${agentId}.`);
}

/** Says that there is no such pool. */
export function poolNotFound(poolId: number | string): AzureError {
  return new AzureError(404, 'TaskAgentPoolNotFoundException', `No agent pool found with identifier ${poolId}.`);
}

/** Says that a job request is unknown, finished, or somebody else's. */
export function jobNotFound(requestId: number | string): AzureError {
  return new AzureError(404, 'TaskAgentJobNotFoundException', `No job found for request ${requestId}.`);
}

/** Writes a refusal the way the service does: `typeKey` and `typeName` both tell the SDK which exception to throw. */
export function errorResponse(error: AzureError): Response {
  const body = {
    $id: '1',
    innerException: null,
    message: error.message,
    typeName: typeName(error.typeKey),
    typeKey: error.typeKey,
    errorCode: 0,
    eventId: 3000,
  };
  return Response.json(body, {
    status: error.status,
    headers: {
      'Content-Type': 'application/json; charset=utf-8',
      'X-TFS-ServiceError': encodeURIComponent(error.message),
    },
  });
}

function typeName(typeKey: string): string {
  if (/^Task(Agent|Orchestration)/.test(typeKey)) {
    return `Microsoft.TeamFoundation.DistributedTask.WebApi.${typeKey}, Microsoft.TeamFoundation.DistributedTask.WebApi`;
  }
  const space = typeKey.startsWith('Vss')
    ? 'Microsoft.VisualStudio.Services.WebApi'
    : 'Microsoft.TeamFoundation.Framework.Server';
  return `${space}.${typeKey}, ${space}`;
}
