/** The emulator as one function from request to answer; it runs in process and behind a socket alike. */
import { randomUUID } from 'node:crypto';
import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { checkApiVersion } from './api-version.js';
import type { CallLog } from './call-log.js';
import { AzureError, accessDenied, errorResponse } from './errors.js';
import { type GivenAnswer, strike } from './fault-answers.js';
import type { Faults } from './faults.js';
import { type Caller, identify } from './identity.js';
import { collectionPath } from './options.js';
import { signInPage, unauthorized } from './refusals.js';
import type { Call, Route } from './route.js';
import { agentRoutes } from './routes/agents.js';
import { jobRequestRoutes } from './routes/job-requests.js';
import { locationRoutes } from './routes/location.js';
import { oauthRoutes } from './routes/oauth.js';
import { packageRoutes } from './routes/packages.js';
import { planRoutes } from './routes/plans.js';
import { poolRoutes } from './routes/pools.js';
import { resourceUsageRoutes } from './routes/resource-usage.js';
import { sessionRoutes } from './routes/sessions.js';
import type { World } from './world.js';

/** What the node server adds to a request; absent in process. */
export interface Bindings {
  readonly Bindings: Partial<HttpBindings>;
}

/** All imitated routes. */
export const ROUTES: readonly Route[] = [
  ...locationRoutes,
  ...oauthRoutes,
  ...poolRoutes,
  ...resourceUsageRoutes,
  ...agentRoutes,
  ...sessionRoutes,
  ...jobRequestRoutes,
  ...packageRoutes,
  ...planRoutes,
];

/** Builds the imitated API. */
export function createApp(world: World, faults: Faults, calls: CallLog): Hono<Bindings> {
  const app = new Hono<Bindings>();
  // Paths are matched after decoding.
  const base = `/${world.settings.collection}`;
  for (const route of ROUTES) {
    const path = `${base}${route.template.replaceAll(/\{(\w+)\}/g, ':$1')}`;
    app.on(route.method, path, context => answer(world, faults, calls, route, context));
  }
  app.all('*', context => refuseUnknown(world, calls, base, context));
  return app;
}

async function answer(
  world: World,
  faults: Faults,
  calls: CallLog,
  route: Route,
  context: Context<Bindings>,
): Promise<Response> {
  const request = context.req.raw;
  const url = new URL(request.url);
  const signal = AbortSignal.any([request.signal, world.closing.signal]);
  const identification = identify(world, context.req.header('Authorization'));
  const caller: Caller = identification.kind === 'accepted' ? identification.caller : { kind: 'anonymous' };
  const call: Call = {
    world,
    caller,
    params: context.req.param(),
    query: url.searchParams,
    request,
    calledUrl: `${url.origin}/${collectionPath(world.settings.collection)}`,
    signal,
  };
  const respond = async () => {
    const turnedAway = admit(world, route, identification, context);
    return turnedAway ?? (await route.answer(call));
  };
  const record = {
    method: route.method,
    route: route.template,
    path: url.pathname,
    caller: caller.kind,
    at: world.clock.now(),
  };
  const ended = calls.arrive();
  const fault = faults.take(route.method, url.pathname, caller.kind);
  let status = 0;
  try {
    const given =
      fault === undefined
        ? await guarded(respond)
        : await strike(fault, world, { signal, socket: context.env?.incoming?.socket }, () => guarded(respond));
    if (given.counted) ({ status } = given.response);
    // Else a machine's own time would stand beside that of the emulated organisation.
    given.response.headers.set('Date', new Date(world.clock.now()).toUTCString());
    given.response.headers.set('X-VSS-E2EID', randomUUID());
    given.response.headers.set('ActivityId', randomUUID());
    return given.response;
  } finally {
    ended({ ...record, status });
  }
}

async function guarded(respond: () => Promise<Response>): Promise<GivenAnswer> {
  try {
    return { response: await respond(), counted: true };
  } catch (error) {
    if (error instanceof AzureError) return { response: errorResponse(error), counted: true };
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { response: errorResponse(new AzureError(500, 'VssServiceException', message)), counted: true };
  }
}

/** The permission without which an agent pool and its agents are only seen. */
const MANAGE = 2;

/**
 * Turns away who is unknown or not allowed. A bad token gets the sign-in page on the calls on which the service is
 * known to send it, unless the caller asked for plain refusals; a bad PAT is always refused plainly.
 */
function admit(
  world: World,
  route: Route,
  identification: ReturnType<typeof identify>,
  context: Context<Bindings>,
): Response | undefined {
  if (route.callers.length === 0) return undefined;
  if (identification.kind !== 'accepted') {
    const suppressed = context.req.header('X-TFS-FedAuthRedirect')?.toLowerCase() === 'suppress';
    const basic = identification.kind === 'refused' && identification.scheme.toLowerCase() === 'basic';
    const pageable = route.method === 'GET' || route.method === 'POST';
    if (identification.kind === 'refused' && !basic && !suppressed && pageable) return signInPage();
    return unauthorized(world.publicUrl, "TF400813: The user '' is not authorized to access this resource.");
  }
  if (!route.callers.includes(identification.caller.kind)) {
    throw accessDenied(`${route.method} ${route.template} as ${identification.caller.kind}`);
  }
  const isOrganisation = identification.caller.kind === 'organisation';
  if (isOrganisation && route.method !== 'GET' && (world.settings.permissions & MANAGE) === 0)
    throw accessDenied('manage agents of this pool');
  checkApiVersion(route.method, new URL(context.req.url).searchParams, context.req.header('Accept'));
  return undefined;
}

/** Answers 501 for what is not imitated, and 404 for another collection. */
function refuseUnknown(world: World, calls: CallLog, base: string, context: Context<Bindings>): Response {
  const { method, path } = context.req;
  const ours = path === base || path.startsWith(`${base}/`);
  const error = ours
    ? new AzureError(501, 'NotImitatedException', `The emulator does not imitate ${method} ${path}.`)
    : new AzureError(404, 'HostDoesNotExistException', `No collection at ${path}; the only one is ${base}.`);
  calls.arrive()({ method, route: path, path, status: error.status, caller: 'anonymous', at: world.clock.now() });
  return errorResponse(error);
}
