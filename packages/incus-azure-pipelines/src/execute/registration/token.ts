/** The exchange of an agent's assertion for a token of its own. */
import { randomUUID } from 'node:crypto';
import { Agent, type Dispatcher, request } from 'undici';
import { Secret } from '../../lib/secret.js';
import type { AgentIdentity } from './agent-files.js';
import { signAssertion, tokenForm } from './assertion.js';

const DEADLINE_MS = 30_000;
const MOST_BYTES = 65_536;
/** Words of the server that make it a matter of clocks, not of keys. */
const CLOCKS = /current server time|not valid until|token expired/i;
/** OAuth's own codes for a server that would if it could. */
const PASSING = new Set(['server_error', 'temporarily_unavailable', 'slow_down']);

/** The server understood the assertion and does not take it. */
export class AssertionRefusedError extends Error {
  override readonly name = 'AssertionRefusedError';
}

/**
 * Signs an assertion and posts it.
 *
 * @param way by which the server is reached where it is not straight; it stays the caller's to close.
 * @throws AssertionRefusedError for an OAuth error that is about the assertion; an Error for everything that may pass:
 *   no answer, a failing or throttling server, something between, clocks that differ.
 */
export async function agentToken(
  identity: AgentIdentity,
  now: number,
  signal: AbortSignal,
  way?: Dispatcher,
): Promise<Secret> {
  const { clientId, authorizationUrl: audience, tokenEndpoint, key } = identity;
  const assertion = signAssertion({ clientId, audience, id: randomUUID(), now }, key);
  const attempt = `exchange an assertion for a token at ${tokenEndpoint}`;
  const answer = await post(tokenEndpoint, tokenForm(assertion), signal, way).catch(cause => {
    if (signal.aborted) throw signal.reason;
    throw new Error(`${attempt}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  });
  const token = answer.status === 200 ? member(answer.body, 'access_token') : undefined;
  if (token !== undefined) return new Secret(token);
  const code = member(answer.body, 'error');
  const said = member(answer.body, 'error_description') ?? member(answer.body, 'errordescription') ?? '';
  // The server may quote what it was sent.
  const why =
    `${attempt}: ${answer.status} ${code ?? ''} ${said.replaceAll(assertion, '[secret]').slice(0, 300)}`.trim();
  if (CLOCKS.test(said)) throw new Error(`${why}; set the clock of this host, or of the server`);
  const isRefusal = (answer.status === 400 || answer.status === 401) && code !== undefined && !PASSING.has(code);
  throw isRefusal ? new AssertionRefusedError(why) : new Error(why);
}

async function post(
  url: string,
  form: string,
  signal: AbortSignal,
  way: Dispatcher | undefined,
): Promise<{ status: number; body: unknown }> {
  const own = way === undefined ? new Agent({ connections: 1 }) : undefined;
  const dispatcher = way ?? own;
  try {
    const response = await request(url, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body: form,
      ...(dispatcher && { dispatcher }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]),
    });
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of response.body as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > MOST_BYTES) break;
      chunks.push(chunk);
    }
    return { status: response.statusCode, body: parsed(Buffer.concat(chunks).toString('utf8')) };
  } finally {
    await own?.destroy();
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function member(body: unknown, name: string): string | undefined {
  const value = typeof body === 'object' && body !== null ? Object.entries(body).find(([key]) => key === name) : [];
  return typeof value?.[1] === 'string' && value[1] !== '' ? value[1] : undefined;
}
