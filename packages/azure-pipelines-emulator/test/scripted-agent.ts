/** An agent that does one step of the protocol at a time, as its test tells it. */
import { Buffer } from 'node:buffer';
import {
  constants,
  createDecipheriv,
  generateKeyPairSync,
  type KeyObject,
  privateDecrypt,
  randomUUID,
  sign,
} from 'node:crypto';
import { createEmulation, type Emulation } from '../src/emulation.js';
import type { EmulatorOptions } from '../src/options.js';

/** JSON whose shape the test knows. */
// biome-ignore lint/suspicious/noExplicitAny: answers are looked at member by member in assertions
export type Answer = any;

/** An answer with its body read. */
export interface Got {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Answer;
}

/** One key for all tests: making one takes long, and no test depends on two being different unless it makes its own. */
const KEY = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** Public half of a key as registrations carry it. */
function publicKeyOf(key: KeyObject): { exponent: string; modulus: string } {
  const { e = '', n = '' } = key.export({ format: 'jwk' });
  const base64 = (text: string) => Buffer.from(text, 'base64url').toString('base64');
  return { exponent: base64(e), modulus: base64(n) };
}

/** An organisation in process, addressed below its collection. */
export class Organisation implements Disposable {
  readonly emulation: Emulation;

  constructor(options: EmulatorOptions = {}) {
    this.emulation = createEmulation({ token: 'secret', ...options });
  }

  get driver() {
    return this.emulation.driver;
  }

  /** Sends a request with that `Authorization`, api-version in `Accept`. */
  async send(
    method: string,
    path: string,
    authorization?: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Got> {
    const response = await this.emulation.app.request(`http://emulator.test/emulated${path}`, {
      method,
      headers: {
        Accept: 'application/json;api-version=7.1-preview.1',
        'X-TFS-FedAuthRedirect': 'Suppress',
        ...(authorization === undefined ? {} : { Authorization: authorization }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('Content-Type')?.includes('json') === true;
    return {
      status: response.status,
      headers: response.headers,
      body: isJson && text !== '' ? JSON.parse(text) : text,
    };
  }

  /** Sends a request with the organisation's token. */
  admin(method: string, path: string, body?: unknown): Promise<Got> {
    return this.send(method, path, `Basic ${Buffer.from(':secret').toString('base64')}`, body);
  }

  /** Registers an agent with the common key and signs it in. */
  async agent(name = 'a1', extra: object = {}): Promise<ScriptedAgent> {
    const { body } = await this.admin('POST', `${POOL}/agents`, registration(name, extra));
    const agent = new ScriptedAgent(this, body.id, name, body.authorization);
    await agent.signIn();
    return agent;
  }

  [Symbol.dispose](): void {
    this.emulation[Symbol.dispose]();
  }
}

/** Path of the first agent pool. */
export const POOL = '/_apis/distributedtask/pools/1';

/** Body of a registration, as the agent's configuration sends it. */
export function registration(name: string, extra: object = {}): object {
  return {
    name,
    version: '4.275.0',
    osDescription: 'Linux',
    maxParallelism: 1,
    provisioningState: 'Provisioned',
    authorization: { publicKey: publicKeyOf(KEY.publicKey) },
    systemCapabilities: { 'Agent.Name': name, 'Agent.Version': '4.275.0', 'Agent.OS': 'Linux' },
    ...extra,
  };
}

/** A registered agent. */
export class ScriptedAgent {
  readonly organisation: Organisation;
  readonly id: number;
  readonly name: string;
  readonly authorization: { readonly clientId: string; readonly authorizationUrl: string };
  token = '';
  sessionId = '';
  #sessionKey: Uint8Array | undefined;

  constructor(organisation: Organisation, id: number, name: string, authorization: ScriptedAgent['authorization']) {
    this.organisation = organisation;
    this.id = id;
    this.name = name;
    this.authorization = authorization;
  }

  /** Sends a request with the agent's token. */
  send(method: string, path: string, body?: unknown): Promise<Got> {
    return this.organisation.send(method, path, `Bearer ${this.token}`, body);
  }

  /** Signs an assertion; `claims` replace the usual ones. */
  assertion(claims: object = {}, key: KeyObject = KEY.privateKey): string {
    const now = Math.floor(this.organisation.emulation.world.clock.now() / 1000);
    const { clientId, authorizationUrl } = this.authorization;
    const payload = {
      sub: clientId,
      jti: randomUUID(),
      iss: clientId,
      aud: authorizationUrl,
      nbf: now,
      exp: now + 300,
    };
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const text = `${part({ typ: 'JWT', alg: 'RS256' })}.${part({ ...payload, ...claims })}`;
    return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`;
  }

  /** Exchanges an assertion for a token and returns the answer. */
  exchange(assertion: string = this.assertion()): Promise<Got> {
    return this.organisation.send('POST', '/_apis/oauth2/token', undefined, tokenForm(assertion));
  }

  async signIn(): Promise<void> {
    this.token = (await this.exchange()).body.access_token;
  }

  async openSession(capabilities?: object): Promise<Got> {
    const got = await this.send('POST', `${POOL}/sessions`, {
      sessionId: '00000000-0000-0000-0000-000000000000',
      ownerName: 'host',
      agent: { id: this.id, name: this.name, version: '4.275.0', osDescription: 'Linux' },
      systemCapabilities: capabilities ?? { 'Agent.Name': this.name, 'Agent.Version': '4.275.0', 'Agent.OS': 'Linux' },
    });
    if (got.status !== 200) return got;
    this.sessionId = got.body.sessionId;
    const wrapped = got.body.encryptionKey?.value;
    this.#sessionKey =
      wrapped === undefined
        ? undefined
        : privateDecrypt(
            { key: KEY.privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' },
            Buffer.from(wrapped, 'base64'),
          );
    return got;
  }

  closeSession(): Promise<Got> {
    return this.send('DELETE', `${POOL}/sessions/${this.sessionId}`);
  }

  poll(lastMessageId?: number): Promise<Got> {
    const last = lastMessageId === undefined ? '' : `&lastMessageId=${lastMessageId}`;
    return this.send('GET', `${POOL}/messages?sessionId=${this.sessionId}${last}`);
  }

  /** Polls and opens the message. */
  async message(lastMessageId?: number): Promise<Answer> {
    const { body } = await this.poll(lastMessageId);
    return { id: body.messageId, type: body.messageType, content: JSON.parse(this.open(body)) };
  }

  /** Decrypts a message, or reads one that came in the clear. */
  open(message: Answer): string {
    if (this.#sessionKey === undefined) return message.body;
    const decipher = createDecipheriv('aes-256-cbc', this.#sessionKey, Buffer.from(message.iv, 'base64'));
    return Buffer.concat([decipher.update(Buffer.from(message.body, 'base64')), decipher.final()]).toString('utf8');
  }

  deleteMessage(id: number): Promise<Got> {
    return this.send('DELETE', `${POOL}/messages/${id}?sessionId=${this.sessionId}`);
  }

  renew(requestId: number): Promise<Got> {
    const lock = 'lockToken=00000000-0000-0000-0000-000000000000';
    return this.send('PATCH', `${POOL}/jobrequests/${requestId}?${lock}`, { requestId });
  }

  /** Fetches the next job, takes it and deletes its message. */
  async takeJob(): Promise<JobInHand> {
    const { id, content } = await this.message();
    await this.renew(content.requestId);
    await this.deleteMessage(id);
    return new JobInHand(this.organisation, content);
  }
}

/** A job message with the token that it brought. */
export class JobInHand {
  readonly organisation: Organisation;
  readonly job: Answer;

  constructor(organisation: Organisation, job: Answer) {
    this.organisation = organisation;
    this.job = job;
  }

  /** Sends a request below the job's plan, with the job's token. */
  send(method: string, path: string, body?: unknown): Promise<Got> {
    const { plan, resources } = this.job;
    const token = resources.endpoints[0].authorization.parameters.AccessToken;
    const base = `/${plan.scopeIdentifier}/_apis/distributedtask/hubs/Build/plans/${plan.planId}`;
    return this.organisation.send(method, `${base}${path}`, `Bearer ${token}`, body);
  }

  feed(lines: readonly string[], startLine?: number): Promise<Got> {
    const body = { stepId: this.job.jobId, startLine, value: lines, count: lines.length };
    return this.send('POST', `/timelines/${this.job.timeline.id}/records/${this.job.jobId}/feed`, body);
  }

  complete(result: string | number = 'succeeded', extra: object = {}): Promise<Got> {
    const { jobId, requestId } = this.job;
    return this.send('POST', '/events', { name: 'JobCompleted', jobId, requestId, result, ...extra });
  }
}

/** The form of a token request. */
function tokenForm(assertion: string): string {
  return new URLSearchParams({
    grant_type: 'client_credentials',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
  }).toString();
}
