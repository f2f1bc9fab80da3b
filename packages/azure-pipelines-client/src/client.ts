/** The connection to one organization or collection. */

import type { Dispatcher } from 'undici';
import { type Agents, agentsOf } from './agents.js';
import type { Auth } from './auth.js';
import type { CallOptions } from './call.js';
import { type Clock, systemClock } from './clock.js';
import { type JobRequests, jobRequestsOf } from './job-requests.js';
import { normaliseUrl } from './normalise-url.js';
import { type Packages, packagesOf } from './packages.js';
import { type ParallelJobs, parallelJobsOf } from './parallel-jobs.js';
import { isString, parseObject } from './parse.js';
import { type Pools, poolsOf } from './pools.js';
import type { RateLimit } from './rate-limit.js';
import { type Sessions, sessionsOf } from './sessions.js';
import { type CallReport, Transport } from './transport.js';
import type { ConnectionData } from './wire.js';

export interface AzurePipelinesOptions {
  /** The URL of the organization or collection, in any form that `normaliseUrl` takes. */
  readonly url: string;
  readonly auth: Auth;
  readonly userAgent?: string | undefined;
  /** Carries TLS options or a proxy; it stays its owner's to close. */
  readonly dispatcher?: Dispatcher | undefined;
  /** Runs the gate and the deadlines. */
  readonly clock?: Clock | undefined;
  /** Hears of each request that went out, once, when it is over; what it throws is ignored. */
  readonly onCall?: ((call: CallReport) => void) | undefined;
  /** Longest answer that is accepted. Default 32 MiB. */
  readonly maxAnswerBytes?: number | undefined;
}

export interface AzurePipelinesClient extends AsyncDisposable {
  /** The URL in its one form, without trailing slash. */
  readonly url: string;
  /** The way that was given to it, for calls to the same server that are not the client's. */
  readonly dispatcher: Dispatcher | undefined;
  readonly pools: Pools;
  readonly agents: Agents;
  readonly jobRequests: JobRequests;
  readonly packages: Packages;
  readonly parallelJobs: ParallelJobs;
  /** For a client whose token is an agent's own. */
  readonly sessions: Sessions;
  /** Reads who the server is and whom it takes us for: the cheapest proof that URL and token are good. */
  connectionData(options?: CallOptions): Promise<ConnectionData>;
  /** What the latest answer said about limits; `undefined` while the server is content. */
  rateLimit(): RateLimit | undefined;
  /** Ends calls under way with an `AbortError` and closes the connections; again is harmless. */
  close(): Promise<void>;
}

/**
 * Makes a client; nothing is sent until the first call.
 *
 * Calls reject with an `AzurePipelinesError`, or with the reason of the caller's own abort. None is repeated, but for
 * one whose token was refused, once and with another token, where `auth` has one.
 *
 * @throws AzurePipelinesError of kind `invalid` when the URL cannot be right.
 */
export function connectAzurePipelines(options: AzurePipelinesOptions): AzurePipelinesClient {
  const transport = new Transport({
    url: normaliseUrl(options.url),
    auth: options.auth,
    userAgent: options.userAgent ?? 'azure-pipelines-client',
    dispatcher: options.dispatcher,
    clock: options.clock ?? systemClock,
    onCall: options.onCall,
    maxAnswerBytes: options.maxAnswerBytes ?? 32 * 1024 * 1024,
  });
  const close = () => transport[Symbol.asyncDispose]();
  return {
    url: transport.url,
    dispatcher: options.dispatcher,
    pools: poolsOf(transport),
    agents: agentsOf(transport),
    jobRequests: jobRequestsOf(transport),
    packages: packagesOf(transport),
    parallelJobs: parallelJobsOf(transport),
    sessions: sessionsOf(transport),
    connectionData: async callOptions => {
      const attempt = 'read the connection data';
      const body = await transport.send({ method: 'GET', path: 'connectionData', attempt }, callOptions);
      return parseObject<ConnectionData>('connection data', { instanceId: isString }, body);
    },
    rateLimit: () => transport.rateLimit,
    close,
    [Symbol.asyncDispose]: close,
  };
}
