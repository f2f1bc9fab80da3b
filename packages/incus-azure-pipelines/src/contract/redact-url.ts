/** URLs of a server, reduced to their form. */
import { ANY_ID, isPublicId } from './public-ids.js';

/** What a conversation's server and agents are called, which is to be in no recording. */
export interface Known {
  /** The URL of the organisation or collection, in the client's one form. */
  readonly url: string;
  readonly agentPool: string;
  /** What the names of the agents that were made begin with. */
  readonly agentPrefix: string;
}

/** Hosts of Microsoft: what stands before these is kept only where it is one of the words below. */
const MICROSOFT = ['dev.azure.com', 'visualstudio.com', 'azure.com', 'microsoft.com', 'actions.githubusercontent.com'];
const LABELS = new Set(['vssps', 'vstoken', 'app', 'download', 'agent', 'dev', 'go', 'www', 'feeds', 'pkgs', 'vsrm']);
const WORDS = new Set(
  '_apis _download _settings _signin build agent agentpools agents connectiondata distributedtask events fwlink hubs jobrequests messages oauth2 packages permissions plans pools resourceareas resourceusage sessions tfs token'.split(
    ' ',
  ),
);

/** Name of the organisation or collection in a server's URL. */
export function organisationIn(url: string): string {
  const { hostname, pathname } = new URL(url);
  const last = pathname.split('/').findLast(segment => segment !== '');
  return decodeURIComponent(last ?? hostname.split('.')[0] ?? '');
}

/** What kind of server stands at a URL, as far as its host name tells. */
export function serverAt(url: string): string {
  return microsoftHost(new URL(url).hostname) === undefined ? 'another server' : 'Azure DevOps Services';
}

/** The host's name where it tells whose server it is; undefined for Microsoft's own. */
export function tellingHost(url: string): string | undefined {
  const { hostname } = new URL(url);
  return microsoftHost(hostname) === undefined ? hostname : undefined;
}

/** A URL with nothing of its owner in it, such as `https://vssps.dev.azure.com/<organisation>/_apis/oauth2/token`. */
export function redactedUrl(url: string, known: Known): string {
  const { hostname, pathname, protocol, search } = new URL(url);
  return `${protocol}//${redactedHost(hostname, known)}${redactedPath(pathname, known)}${search === '' ? '' : '?<text>'}`;
}

/** A path with nothing of its owner in it. */
export function redactedPath(path: string, known: Known): string {
  const organisation = organisationIn(known.url).toLowerCase();
  return path
    .split('/')
    .map(segment => {
      const text = decoded(segment);
      if (text === '' || WORDS.has(text.toLowerCase())) return text;
      if (text.toLowerCase() === organisation) return '<organisation>';
      if (/^\d+$/.test(text)) return '<number>';
      if (text.match(ANY_ID)?.[0] === text) return isPublicId(text) ? text : '<guid>';
      return '<text>';
    })
    .join('/');
}

function redactedHost(host: string, known: Known): string {
  const suffix = microsoftHost(host);
  if (suffix === undefined) return '<server>';
  const organisation = organisationIn(known.url).toLowerCase();
  const labels = host.slice(0, -suffix.length).split('.').filter(Boolean);
  const shown = labels.map(label => (label === organisation ? '<organisation>' : LABELS.has(label) ? label : '<text>'));
  return [...shown, suffix].join('.');
}

function microsoftHost(host: string): string | undefined {
  return MICROSOFT.find(suffix => host === suffix || host.endsWith(`.${suffix}`));
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
