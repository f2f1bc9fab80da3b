/** The way from this host to the servers: straight or through a proxy, trusting the authorities that are named. */

import { existsSync, readFileSync } from 'node:fs';
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';
import { Agent, Dispatcher, Pool, ProxyAgent } from 'undici';
import { type ProxyRoutes, proxyOf } from './no-proxy.js';
import type { Secret } from './secret.js';

export interface WayOutOptions {
  readonly proxy?: (ProxyRoutes & { readonly user: string | undefined }) | undefined;
  /** Reads the password of the proxies' user as it is now. */
  readonly password?: (() => Promise<Secret>) | undefined;
  /** PEM texts of authorities that are trusted beside those that every program here trusts. */
  readonly authorities?: readonly string[] | undefined;
}

export interface OpenOptions {
  /** Most connections to one server. */
  readonly connections?: number;
  /** How a server is known that bears a certificate of its own. */
  readonly tls?: { readonly ca: string; readonly checkServerIdentity: () => undefined };
}

const SYSTEM_BUNDLE = '/etc/ssl/certs/ca-certificates.crt';

export class WayOut {
  readonly #options: WayOutOptions;
  #password: WayOutOptions['password'];
  #context: SecureContext | undefined;

  constructor(options: WayOutOptions = {}) {
    this.#options = options;
    this.#password = options.password;
  }

  /** Whether it is any other than that of a program that was told nothing. */
  get isOwn(): boolean {
    return this.#options.proxy !== undefined || this.#trusts;
  }

  /** The proxy that leads to a URL; undefined where none does. */
  proxyTo(url: string): string | undefined {
    return proxyOf(new URL(url), this.#options.proxy);
  }

  /** The password of the proxies' user; undefined where there is none. @throws Error when it cannot be read. */
  async password(): Promise<Secret | undefined> {
    return await this.#password?.();
  }

  /** Has the user sign in with the other's password from now on, on connections that are open too. */
  signInAs(other: WayOut): void {
    this.#password = other.#password;
  }

  /** Connections that go this way; they are the caller's to close. */
  open({ connections, tls }: OpenOptions = {}): Dispatcher {
    const { proxy } = this.#options;
    const connect = tls ?? (this.#trusts ? { secureContext: this.#trusted() } : {});
    const options = { connect, ...(connections === undefined ? {} : { connections }) };
    if (proxy === undefined) return new Agent(options);
    return new ProxiedAgent(proxy, options, () => this.password());
  }

  get #trusts(): boolean {
    return (this.#options.authorities ?? []).length > 0;
  }

  /** Whoever names authorities to Node has it forget all others, so those are named again. */
  #trusted(): SecureContext {
    this.#context ??= createSecureContext({
      ca: [...rootCertificates, ...knownHere(), ...(this.#options.authorities ?? [])],
    });
    return this.#context;
  }
}

/** What this host trusts, and what whoever has started this program told Node to trust. */
function knownHere(): string[] {
  const files = [process.env.NODE_EXTRA_CA_CERTS ?? '', process.env.SSL_CERT_FILE ?? SYSTEM_BUNDLE];
  return files.filter(file => existsSync(file)).map(file => readFileSync(file, 'utf8'));
}

type AgentOptions = Pick<Agent.Options, 'connect' | 'connections'>;

interface Proxies {
  readonly password: string | undefined;
  readonly agents: Map<string, ProxyAgent>;
}

/** Asks a proxy or goes straight, by the URL. A password that has become another is used from the next request on. */
class ProxiedAgent extends Dispatcher {
  readonly #proxy: NonNullable<WayOutOptions['proxy']>;
  readonly #options: AgentOptions;
  readonly #password: () => Promise<Secret | undefined>;
  readonly #straight: Agent;
  #proxies: Proxies = { password: undefined, agents: new Map() };

  constructor(
    proxy: NonNullable<WayOutOptions['proxy']>,
    options: AgentOptions,
    password: () => Promise<Secret | undefined>,
  ) {
    super();
    this.#proxy = proxy;
    this.#options = options;
    this.#password = password;
    this.#straight = new Agent(options);
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    const via = proxyOf(new URL(String(options.origin)), this.#proxy);
    if (via === undefined) return this.#straight.dispatch(options, handler);
    this.#through(via)
      .then(agent => agent.dispatch(options, handler))
      .catch((error: Error) => fail(handler, error));
    return true;
  }

  override async close(): Promise<void> {
    await Promise.all([this.#straight, ...this.#proxies.agents.values()].map(agent => agent.close()));
  }

  override async destroy(): Promise<void> {
    await Promise.all([this.#straight, ...this.#proxies.agents.values()].map(agent => agent.destroy()));
  }

  async #through(proxy: string): Promise<ProxyAgent> {
    const password = (await this.#password())?.reveal();
    if (password !== this.#proxies.password) {
      // What is under way with the old one comes to its end.
      for (const agent of this.#proxies.agents.values()) void agent.close();
      this.#proxies = { password, agents: new Map() };
    }
    const { agents } = this.#proxies;
    const agent = agents.get(proxy) ?? this.#agentOf(proxy, password);
    agents.set(proxy, agent);
    return agent;
  }

  #agentOf(proxy: string, password: string | undefined): ProxyAgent {
    const { user } = this.#proxy;
    const { connect, ...options } = this.#options;
    return new ProxyAgent({
      ...options,
      uri: proxy,
      // Many proxies open tunnels to the port of https alone.
      proxyTunnel: false,
      requestTls: connect as never,
      clientFactory: origin => new ProxyPool(origin),
      ...(user === undefined ? {} : { token: basic(user, password ?? '') }),
    });
  }
}

/** Handlers have had two forms. */
function fail(handler: Dispatcher.DispatchHandler, error: Error): void {
  if (handler.onError !== undefined) handler.onError(error);
  else handler.onResponseError?.({} as Dispatcher.DispatchController, error);
}

function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

/** Says in words what a proxy refuses. A tunnel that it takes its time with holds up no other. */
class ProxyPool extends Pool {
  readonly #host: string;

  constructor(origin: URL) {
    super(origin.origin);
    this.#host = origin.host;
  }

  override async connect(options: Dispatcher.ConnectOptions): Promise<never> {
    const answer = await super.connect(options).catch((cause: unknown) => {
      throw new Error(`the proxy ${this.#host} cannot be reached: ${codeOf(cause)}`);
    });
    if (answer.statusCode === 200) return answer as never;
    answer.socket.on('error', () => {}).destroy();
    if (answer.statusCode === 407)
      throw new Error(`the proxy ${this.#host} does not take its user and password (407); correct them under proxy`);
    throw new Error(
      `the proxy ${this.#host} opens no way to ${options.path} (${answer.statusCode}); have it allowed there`,
    );
  }
}

function codeOf(cause: unknown): string {
  if (cause instanceof Error && 'code' in cause) return String(cause.code);
  return cause instanceof Error ? cause.message : String(cause);
}
