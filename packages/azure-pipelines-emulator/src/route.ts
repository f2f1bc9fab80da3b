/** What an imitated route is made of. */
import { agentNotFound, badRequest, poolNotFound } from './errors.js';
import type { Caller } from './identity.js';
import type { Agent, Pool } from './state.js';
import { type JsonObject, toObject } from './wire/json.js';
import type { World } from './world.js';

/** One method of one imitated path. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS';
  /** Path behind the collection, with `{name}` for what varies. */
  readonly template: string;
  /** Who may call it; others are answered 403, and an empty list lets in everybody, unasked. */
  readonly callers: readonly Caller['kind'][];
  readonly answer: (call: Call) => Response | Promise<Response>;
}

/** A request that has been let in. */
export interface Call {
  readonly world: World;
  readonly caller: Caller;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly request: Request;
  /** Scheme, host, port and collection as the caller addressed them. */
  readonly calledUrl: string;
  /** Aborted when the caller hangs up or the emulator closes. */
  readonly signal: AbortSignal;
}

/** Answers 200 with an object, leaving out what is undefined. */
export function json(body: unknown): Response {
  return Response.json(body, { headers: { 'Content-Type': 'application/json; charset=utf-8' } });
}

/** Answers 200 with a wrapped list. */
export function jsonList(value: readonly unknown[]): Response {
  return json({ count: value.length, value });
}

/** Answers 204. */
export function noContent(): Response {
  return new Response(null, { status: 204 });
}

/** Reads the body as JSON; throws 400 when it is none. */
export async function readJson(call: Call): Promise<unknown> {
  const text = await call.request.text();
  try {
    return text === '' ? {} : JSON.parse(text);
  } catch {
    throw badRequest('The body is no JSON.');
  }
}

/** Reads the body as one JSON object. */
export async function readBody(call: Call): Promise<JsonObject> {
  return toObject(await readJson(call));
}

/** Returns a part of the path as a whole number; NaN when it is none, which no id equals. */
export function idOf(call: Call, name: string): number {
  return /^\d+$/.test(call.params[name] ?? '') ? Number(call.params[name]) : Number.NaN;
}

/** Returns the pool that the path names; throws 404. */
export function poolIn(call: Call): Pool {
  const pool = call.world.state.pools.find(({ id }) => id === idOf(call, 'poolId'));
  if (pool === undefined) throw poolNotFound(call.params.poolId ?? '');
  return pool;
}

/** Returns the agent of that id in that pool; throws 404. */
export function agentIn(call: Call, pool: Pool, agentId: number): Agent {
  const agent = call.world.state.agents.get(agentId);
  if (agent === undefined || agent.poolId !== pool.id) throw agentNotFound(agentId);
  return agent;
}
