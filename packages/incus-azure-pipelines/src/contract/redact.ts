/** Turns what went over the wire into what may be shown to anybody. What is not known to be harmless is replaced. */
import type { Exchange, Json, RawExchange } from './exchange.js';
import { ANY_ID, isPublicId } from './public-ids.js';
import { type Known, redactedPath, redactedUrl } from './redact-url.js';

/** Members whose texts are words of the protocol. */
const WORDS = new Set(
  '$type accessPoint area deploymentType error messageType options platform poolType provisioningState relativeToSetting resourceName result routeTemplate serviceType status token_type type typeKey typeName'.split(
    ' ',
  ),
);
const NUMBERS = new Set('count errorCode eventId expires_in major maxParallelism minor patch'.split(' '));
/** What of a sentence is kept, since somebody decides by it. */
const PHRASES =
  /\bTF\d{6}\b|current server time|is not valid until|token expired|already contains an agent|running a job/gi;
/** Headers whose presence alone says something. */
const HEADS = /^(?:retry-after|x-ratelimit-[a-z]+|activityid|x-vss-e2eid|x-tfs-serviceerror|location|date)$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;
/** Parameters whose numbers are nobody's ids. */
const COUNTS = new Set(['$top', 'completedRequestCount']);
const MOST_ELEMENTS = 3;
const DAY_S = 86_400;

/** Redacts the exchanges of one conversation that began at `startedAt` (epoch ms). The same id gets the same number. */
export function redacted(raw: readonly RawExchange[], known: Known, startedAt: number): readonly Exchange[] {
  const ids = new Map<string, number>();
  const idOf = (id: string) => {
    const key = id.toLowerCase();
    if (isPublicId(key)) return key;
    ids.set(key, ids.get(key) ?? ids.size + 1);
    return `<guid ${ids.get(key)}>`;
  };
  const text = (key: string, value: string): string => {
    if (value === '') return '';
    if (value.match(ANY_ID)?.[0] === value) return idOf(value);
    if (TIME.test(value)) return relative(Date.parse(value), startedAt);
    if (value.toLowerCase().startsWith(known.agentPrefix)) return `<agent ${value.slice(known.agentPrefix.length)}>`;
    if (value.toLowerCase() === known.agentPool.toLowerCase()) return '<pool>';
    if (/^https?:\/\//i.test(value) && URL.canParse(value)) return redactedUrl(value, known);
    if (WORDS.has(key) && /^[\w.,+\-/{} ]{1,160}$/.test(value) && value.match(ANY_ID) === null) return value;
    const phrases = [...value.matchAll(PHRASES)].map(([phrase]) => phrase.toLowerCase());
    return phrases.length === 0 ? '<text>' : `<text: ${[...new Set(phrases)].join(', ')}>`;
  };
  const json = (key: string, value: unknown): Json => {
    if (value === null || typeof value === 'boolean') return value;
    if (typeof value === 'number') return NUMBERS.has(key) ? value : '<number>';
    if (typeof value === 'string') return text(key, value);
    if (Array.isArray(value)) return shortened(value).map(element => json(key, element));
    if (typeof value !== 'object') return '<text>';
    const members = Object.entries(value).map(([name, member]) => [nameOf(name), json(name, member)] as const);
    return Object.fromEntries(members);
  };
  const nameOf = (name: string) =>
    /^[$\w.-]{1,64}$/.test(name) && name.match(ANY_ID) === null && !tells(name, known) ? name : '<text>';
  const body = (content: string): Json => {
    const value = parsed(content);
    // A form: what is in it is signed, and says nothing that the step does not say.
    return value === undefined ? [...new URLSearchParams(content).keys()].map(nameOf).join('&') : json('', value);
  };
  return raw.map(exchange => {
    const { pathname, searchParams } = new URL(exchange.url);
    const query = [...searchParams].map(([name, value]) => `${name}=${parameter(name, value, text)}`).join('&');
    const path = redactedPath(pathname, known).replace(/^.*?(?=\/_apis\b)/, '');
    const form = formOf(exchange);
    const afterS = Math.round(exchange.ms / 1000);
    return {
      step: exchange.step,
      as: exchange.as,
      asks: `${exchange.method} ${path}${query === '' ? '' : `?${query}`}`,
      ...(exchange.apiVersion === undefined ? {} : { apiVersion: exchange.apiVersion }),
      ...(exchange.requestBody === '' ? {} : { sends: body(exchange.requestBody) }),
      status: exchange.status,
      form,
      heads: headsOf(exchange),
      ...(afterS < 5 ? {} : { afterS }),
      ...(form === 'json' ? { answer: json('', parsed(exchange.text)) } : {}),
    };
  });
}

/** Of many, those that are known to be of interest, else the first. */
function shortened(list: readonly unknown[]): readonly unknown[] {
  const isOfInterest = (element: unknown) => {
    const { id, identifier } = (element ?? {}) as { readonly id?: unknown; readonly identifier?: unknown };
    return [id, identifier].some(value => typeof value === 'string' && isPublicId(value));
  };
  const ofInterest = list.filter(isOfInterest);
  return ofInterest.length > 0 ? ofInterest : list.slice(0, MOST_ELEMENTS);
}

function parameter(name: string, value: string, text: (key: string, value: string) => string): string {
  if (/^\d+$/.test(value)) return COUNTS.has(name) ? value : '<number>';
  return /^(?:true|false|linux-x64)$/.test(value) ? value : text('', value);
}

function headsOf({ headers }: RawExchange): readonly string[] {
  const challenge = [headers['www-authenticate'] ?? []].flat().join(' ');
  const schemes = ['Basic', 'Bearer', 'NTLM', 'Negotiate'].filter(scheme => challenge.includes(scheme));
  return [...Object.keys(headers).filter(name => HEADS.test(name)), ...schemes].sort();
}

function formOf({ headers, text }: RawExchange): Exchange['form'] {
  if (text === '') return 'empty';
  const type = [headers['content-type'] ?? ''].flat()[0] ?? '';
  if (/html/i.test(type)) return 'page';
  return parsed(text) === undefined ? 'other' : 'json';
}

function relative(at: number, startedAt: number): string {
  const seconds = Math.round((at - startedAt) / 1000);
  if (Math.abs(seconds) > DAY_S) return '<time>';
  return `<time ${seconds < 0 ? '-' : '+'}${Math.abs(seconds)} s>`;
}

function tells(name: string, { agentPool, agentPrefix }: Known): boolean {
  const lower = name.toLowerCase();
  return lower === agentPool.toLowerCase() || lower.startsWith(agentPrefix);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
