import type { RawExchange } from './exchange.js';
import { ANY_ID, isPublicId } from './public-ids.js';
import { type Known, organisationIn, tellingHost } from './redact-url.js';

/** What opens something, and names of persons: what has a space or a sign that no word of the protocol has. */
const TELLING =
  /"(?:access_token|clientId|modulus)":"([^"]{8,})"|"(?:displayName|providerDisplayName|uniqueName|\$value)":"([^"]*[ @\\][^"]*)"/g;

/**
 * What a recording must not hold and holds, in words; none is how it should be. A second look, by other rules than those that
 * redact: at all that is known to be secret or to belong to somebody. A name that stands in `harmless` too tells nothing.
 */
export function leaksIn(
  recording: string,
  raw: readonly RawExchange[],
  known: Known & { readonly tokens: readonly string[] },
  harmless: string,
): readonly string[] {
  const wire = raw.map(
    ({ headers, requestBody, text, url }) => `${url} ${requestBody} ${text} ${JSON.stringify(headers)}`,
  );
  const ids = wire.flatMap(text => text.match(ANY_ID) ?? []).filter(id => !isPublicId(id));
  const told = wire.flatMap(text => [...text.matchAll(TELLING)].map(match => match[1] ?? match[2] ?? ''));
  const tokens = known.tokens.flatMap(token => [
    token,
    Buffer.from(`:${token}`).toString('base64').replace(/=+$/, ''),
    encodeURIComponent(token),
  ]);
  const lower = recording.toLowerCase();
  const has = (text: string) => text !== '' && lower.includes(text.toLowerCase());
  const names = (text: string) => hasWord(lower, text) && !hasWord(harmless.toLowerCase(), text);
  return [
    ...(tokens.some(has) ? ['the token'] : []),
    ...(names(organisationIn(known.url)) ? ['the name of the organisation'] : []),
    ...(names(known.agentPool) ? ['the name of the agent pool'] : []),
    ...([known.url, ...raw.map(({ url }) => url)].some(url => names(tellingHost(url) ?? ''))
      ? ['the name of the server']
      : []),
    ...(has(known.agentPrefix) ? ['the name of an agent'] : []),
    ...(ids.some(has) ? ['an id of the organisation'] : []),
    ...(told.some(has) ? ['a key, or who somebody is'] : []),
  ];
}

function hasWord(lower: string, text: string): boolean {
  const escaped = text.toLowerCase().replaceAll(/[^\w]/g, String.raw`\$&`);
  return text !== '' && new RegExp(`(?<![\\w-])${escaped}(?![\\w-])`).test(lower);
}
