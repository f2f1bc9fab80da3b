/** The URL that a person pasted, brought to the one form that calls are built on. */

import { AzurePipelinesError } from './azure-pipelines-error.js';

/**
 * Brings the URL of an organization or collection to the form without trailing slash, `/_apis…`, `/_settings…` or any
 * other page, query and fragment.
 *
 * Known forms: `https://dev.azure.com/{organization}`, `https://{organization}.visualstudio.com`, and
 * `http(s)://server[:port][/tfs]/{collection}`. A project can be told from a collection on Microsoft's own hosts only.
 *
 * @throws AzurePipelinesError of kind `invalid`; its message says what would be right.
 */
export function normaliseUrl(url: string): string {
  if (/[<>]/.test(url)) {
    throw refused(url, 'it still holds a placeholder', 'write your own organization in its place');
  }
  if (!URL.canParse(url)) throw refused(url, 'it is no URL', 'write it like https://dev.azure.com/my-organization');
  const parsed = new URL(url);
  if (parsed.username !== '' || parsed.password !== '') {
    throw refused(`${parsed.protocol}//…@${parsed.host}`, 'it holds a user or a password', 'leave them out of the URL');
  }
  if (parsed.protocol !== 'https:' && parsed.protocol !== 'http:') {
    throw refused(url, `it begins with ${parsed.protocol}//`, 'begin it with https://');
  }
  const segments = parsed.pathname.split('/').filter(segment => segment !== '');
  const page = segments.findIndex(segment => segment.startsWith('_'));
  const kept = page === -1 ? segments : segments.slice(0, page);
  if (isMicrosoftHost(parsed.hostname)) checkHosted(parsed, kept);
  return [parsed.origin, ...kept].join('/');
}

function isMicrosoftHost(hostname: string): boolean {
  return hostname === 'dev.azure.com' || hostname.endsWith('.visualstudio.com');
}

function checkHosted(url: URL, segments: readonly string[]): void {
  if (url.protocol !== 'https:')
    throw refused(url.href, 'the token would travel in the clear', 'begin it with https://');
  if (url.hostname === 'dev.azure.com') {
    const [organization, project] = segments;
    if (organization === undefined) {
      throw refused(url.href, 'the organization is missing', 'write it like https://dev.azure.com/my-organization');
    }
    if (project !== undefined) throw hasProject(url, project, `${url.origin}/${organization}`);
    return;
  }
  const [project] = segments[0]?.toLowerCase() === 'defaultcollection' ? segments.slice(1) : segments;
  if (project !== undefined) throw hasProject(url, project, url.origin);
}

function hasProject(url: URL, project: string, instead: string): AzurePipelinesError {
  return refused(url.href, `"${project}" is a project, and agent pools belong to the organization`, `use ${instead}`);
}

function refused(url: string, why: string, remedy: string): AzurePipelinesError {
  return new AzurePipelinesError('invalid', `use the URL "${url}": ${why}; ${remedy}`);
}
