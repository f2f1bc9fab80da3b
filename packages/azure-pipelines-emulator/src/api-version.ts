import { AzureError } from './errors.js';

const LATEST = 7.2;
const RELEASED = 7.1;

/**
 * Refuses a request whose api-version, in the query or in `Accept`, the service would refuse: none on a call that
 * changes something, one it cannot read, one newer than it knows, or one still in preview without saying so.
 */
export function checkApiVersion(method: string, query: URLSearchParams, accept: string | undefined): void {
  const version = query.get('api-version') ?? /api-version=([^;,\s]+)/.exec(accept ?? '')?.[1];
  if (version === undefined) {
    if (method === 'GET' || method === 'OPTIONS') return;
    throw new AzureError(
      400,
      'VssVersionNotSpecifiedException',
      `No api-version was supplied for the "${method}" request. Give one in the query or in the Accept header.`,
    );
  }
  const match = /^(\d+\.\d+)(-preview(\.\d+)?)?$/.exec(version);
  if (match === null) {
    throw new AzureError(400, 'VssInvalidApiResourceVersionException', `The api-version "${version}" is not valid.`);
  }
  const asked = Number(match[1]);
  if (asked > LATEST) {
    throw new AzureError(
      400,
      'VssVersionOutOfRangeException',
      `The requested REST API version of ${version} is out of range for this server, which goes up to ${LATEST}.`,
    );
  }
  if (asked > RELEASED && match[2] === undefined) {
    throw new AzureError(
      400,
      'VssInvalidPreviewVersionException',
      `The requested version "${version}" of the resource is under preview; ask for "${version}-preview".`,
    );
  }
}
