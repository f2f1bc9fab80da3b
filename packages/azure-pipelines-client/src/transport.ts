/** The way of one call to the server and back: gate, token, request, judgement. */

import { setMaxListeners } from 'node:events';
import { Agent, type Dispatcher, request } from 'undici';
import { type Answer, readAnswer } from './answer.js';
import { type Auth, anotherCredential, type Credential, obtainCredential, refusalWithoutOther } from './auth.js';
import { AzurePipelinesError, type AzurePipelinesErrorKind, isAzurePipelinesError } from './azure-pipelines-error.js';
import { type Call, type CallOptions, routeOf, urlOf } from './call.js';
import type { Clock } from './clock.js';
import { failureOfAnswer } from './failure-of-answer.js';
import { Gate } from './gate.js';
import type { RateLimit } from './rate-limit.js';
import { Scope } from './scope.js';
import { unreachable } from './unreachable.js';

/** What became of one request; `status` is absent when there was no answer. */
export interface CallReport {
  readonly method: string;
  /** With placeholders, so of a small fixed set: `GET pools/{pool}/agents`. */
  readonly route: string;
  readonly status: number | undefined;
  readonly ms: number;
  /** The server's own time, in whole seconds, as epoch ms; left out where it does not tell. Source: the header `Date`. */
  readonly serverAt?: number;
  readonly rateLimit?: RateLimit;
  /** Why the answer is no success; left out for one that is, and where there was none. */
  readonly refusal?: AzurePipelinesErrorKind;
}

type Said = { readonly [K in 'serverAt' | 'rateLimit' | 'refusal']: CallReport[K] | undefined };

export interface TransportOptions {
  readonly url: string;
  readonly auth: Auth;
  readonly userAgent: string;
  readonly dispatcher: Dispatcher | undefined;
  readonly clock: Clock;
  readonly onCall: ((call: CallReport) => void) | undefined;
  readonly maxAnswerBytes: number;
}

const defaultDeadlineMs = 30_000;
const maxConnections = 8;

export class Transport implements AsyncDisposable {
  readonly url: string;
  readonly #options: TransportOptions;
  readonly #clock: Clock;
  readonly #gate: Gate;
  readonly #own: Agent | undefined;
  readonly #dispatcher: Dispatcher;
  readonly #closing = new AbortController();

  constructor(options: TransportOptions) {
    this.url = options.url;
    this.#options = options;
    this.#clock = options.clock;
    this.#gate = new Gate(options.clock);
    this.#own = options.dispatcher === undefined ? new Agent({ connections: maxConnections }) : undefined;
    this.#dispatcher = options.dispatcher ?? this.#own ?? new Agent();
    // A call under way waits on it, and Node takes more than ten for a leak.
    setMaxListeners(0, this.#closing.signal);
  }

  get rateLimit(): RateLimit | undefined {
    return this.#gate.rateLimit;
  }

  /**
   * Sends a call and returns its parsed body, `undefined` for an empty one.
   *
   * @throws AzurePipelinesError, or the reason of the caller's own abort, unwrapped.
   */
  async send(call: Call, options: CallOptions = {}): Promise<unknown> {
    const signals = [options.signal, this.#closing.signal];
    using scope = new Scope(this.#clock, options.deadlineMs ?? defaultDeadlineMs, signals);
    try {
      scope.signal.throwIfAborted();
      const closedForMs = await this.#gate.pass(scope.deadlineAt, scope.signal);
      if (closedForMs > 0) throw this.#held(call, closedForMs);
      return await this.#exchange(call, scope);
    } catch (error) {
      if (scope.signal.aborted && !scope.expired) throw scope.signal.reason;
      if (isAzurePipelinesError(error)) throw error;
      if (scope.expired) throw this.#late(call, scope);
      throw unreachable(call.attempt, this.url, error);
    }
  }

  /** Ends calls under way with an `AbortError` and closes the connections, unless they belong to an injected dispatcher. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    await this.#own?.destroy();
  }

  async #exchange(call: Call, scope: Scope): Promise<unknown> {
    const credential = await this.#credential(call, scope);
    try {
      return await this.#ask(call, credential, scope);
    } catch (error) {
      if (!isAzurePipelinesError(error, 'credentials')) throw error;
      // What was refused was not done, so that it may be sent again.
      return await this.#ask(call, await this.#otherCredential(credential, error, scope), scope);
    }
  }

  /** @throws AzurePipelinesError of kind `credentials`, also when the call ends before there is a token. */
  async #credential(call: Call, scope: Scope): Promise<Credential> {
    try {
      return await scope.race(obtainCredential(this.#options.auth, scope.signal));
    } catch (error) {
      if (!scope.expired) throw error;
      const why = `no token within ${scope.deadlineMs} ms; see what its source waits for`;
      throw new AzurePipelinesError('credentials', `${call.attempt} on ${this.url}: ${why}`, { retryable: true });
    }
  }

  /** One in place of that which was refused. @throws the refusal, when there is none or none comes in time. */
  async #otherCredential(refused: Credential, refusal: AzurePipelinesError, scope: Scope): Promise<Credential> {
    const asked = anotherCredential(this.#options.auth, refused, scope.signal);
    const other = await scope.race(asked).catch((cause: unknown) => {
      throw scope.expired ? refusal : refusalWithoutOther(refusal, cause);
    });
    if (other === undefined) throw refusal;
    return other;
  }

  async #ask(call: Call, credential: Credential, scope: Scope): Promise<unknown> {
    const startedAt = this.#clock.now();
    let status: number | undefined;
    let rateLimit: RateLimit | undefined;
    let serverAt: number | undefined;
    let refusal: AzurePipelinesErrorKind | undefined;
    try {
      const response = await request(urlOf(this.url, call), {
        method: call.method,
        headers: this.#headers(call, credential.header),
        body: call.body === undefined ? null : JSON.stringify(call.body),
        dispatcher: this.#dispatcher,
        signal: scope.signal,
        // The deadline of the call is the only clock.
        headersTimeout: 0,
        bodyTimeout: 0,
      });
      status = response.statusCode;
      serverAt = timeIn(response.headers.date);
      const heeded = this.#gate.heed(response.headers);
      rateLimit = heeded.rateLimit;
      const answer = await readAnswer(response, this.#options.maxAnswerBytes);
      const failure = failureOfAnswer(call, this.url, answer, credential, heeded.retryAfterMs);
      refusal = failure?.kind;
      if (failure !== undefined) throw failure;
      return this.#parse(call, answer);
    } finally {
      this.#report(call, status, this.#clock.now() - startedAt, { serverAt, rateLimit, refusal });
    }
  }

  #headers(call: Call, authorization: string): Record<string, string> {
    const version = call.apiVersion === undefined ? '' : `;api-version=${call.apiVersion}`;
    return {
      authorization,
      accept: `application/json${version}`,
      'user-agent': this.#options.userAgent,
      // Asks for 401 in place of a redirect to the sign-in page.
      'x-tfs-fedauthredirect': 'Suppress',
      ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
    };
  }

  #parse(call: Call, answer: Answer): unknown {
    if (answer.text === '') return undefined;
    try {
      return JSON.parse(answer.text);
    } catch {
      // The parser's own message quotes the body, which may echo the token.
      const why = `the answer (${answer.status}) is not the JSON it claims to be; try again later`;
      throw new AzurePipelinesError('protocol', `${call.attempt} on ${this.url}: ${why}`, { status: answer.status });
    }
  }

  #held(call: Call, retryAfterMs: number): AzurePipelinesError {
    const why = `not sent, because the server asked for silence for another ${Math.ceil(retryAfterMs / 1000)} s`;
    return new AzurePipelinesError('throttled', `${call.attempt} on ${this.url}: ${why}; try again then`, {
      retryAfterMs,
    });
  }

  #late(call: Call, { deadlineMs }: Scope): AzurePipelinesError {
    const why = `no whole answer within ${deadlineMs} ms; check the network, or try again later`;
    return new AzurePipelinesError('timeout', `${call.attempt} on ${this.url}: ${why}`);
  }

  #report(call: Call, status: number | undefined, ms: number, { rateLimit, refusal, serverAt }: Said): void {
    const report = {
      method: call.method,
      route: routeOf(call),
      status,
      ms,
      ...(serverAt === undefined ? {} : { serverAt }),
      ...(rateLimit === undefined ? {} : { rateLimit }),
      ...(refusal === undefined ? {} : { refusal }),
    };
    try {
      this.#options.onCall?.(report);
    } catch {
      // Whoever counts calls must not be able to break them.
    }
  }
}

function timeIn(header: string | readonly string[] | undefined): number | undefined {
  const at = Date.parse(typeof header === 'string' ? header : '');
  return Number.isNaN(at) ? undefined : at;
}
