/** A listener's session with its pool: while it is open, the agent is online. */

import { hostname, release, type } from 'node:os';
import type { Access } from './access.js';
import type { AgentSettings } from './agent-files.js';
import { readKey } from './agent-files.js';
import { type Connection, connect } from './connection.js';
import { numberIn, objectFrom, objectIn, optionalTextIn, textIn } from './json.js';
import { decryptBody, unwrapSessionKey } from './session-encryption.js';

export interface SessionRequest {
  readonly settings: AgentSettings;
  readonly access: Access;
  readonly rootDirectory: string;
  readonly version: string;
  readonly capabilities: Readonly<Record<string, string>>;
}

export interface AgentMessage {
  readonly id: number;
  /** Lower case. */
  readonly type: string;
  readonly body: string;
}

interface OpenSession {
  readonly id: string;
  readonly key: Buffer | undefined;
}

const closeDeadlineMs = 30_000;
const noSession = '00000000-0000-0000-0000-000000000000';

/** Connects and opens a session. Throws what the server answered, with no second try. */
export async function openSession(request: SessionRequest, signal: AbortSignal): Promise<Session> {
  const connection = await connect(request.settings.serverUrl, request.access, signal);
  const session = new Session(request, connection, await postSession(request, connection));
  if (signal.aborted) {
    await session[Symbol.asyncDispose]();
    signal.throwIfAborted();
  }
  return session;
}

export class Session implements AsyncDisposable {
  readonly connection: Connection;
  readonly #request: SessionRequest;
  #open: OpenSession | undefined;

  constructor(request: SessionRequest, connection: Connection, open: OpenSession) {
    this.#request = request;
    this.connection = connection;
    this.#open = open;
  }

  /** Opens another session in place of one that the server has forgotten. */
  async reopen(): Promise<void> {
    this.#open = undefined;
    this.#open = await postSession(this.#request, this.connection);
  }

  /** Waits for the first message after `lastMessageId` without taking it; undefined when the server had none. */
  async receive(lastMessageId: number | undefined, signal: AbortSignal): Promise<AgentMessage | undefined> {
    const query = lastMessageId === undefined ? {} : { lastMessageId: String(lastMessageId) };
    const what = 'a message';
    const answer = await this.connection.call(
      {
        method: 'GET',
        location: 'messages',
        route: { poolId: this.#request.settings.poolId },
        query: { sessionId: this.#open?.id ?? noSession, ...query },
      },
      signal,
    );
    if (answer === undefined) return undefined;
    const message = objectFrom(answer, what);
    return {
      id: numberIn(message, 'messageId', what),
      type: textIn(message, 'messageType', what).toLowerCase(),
      body: decryptBody(textIn(message, 'body', what), optionalTextIn(message, 'iv'), this.#open?.key),
    };
  }

  /** Takes a message out of the queue. */
  async deleteMessage(id: number): Promise<void> {
    const route = { poolId: this.#request.settings.poolId, messageId: id };
    const query = { sessionId: this.#open?.id ?? noSession };
    await this.connection.call({ method: 'DELETE', location: 'messages', route, query }, new AbortController().signal);
  }

  /** Closes the session; the agent is offline then. A server that no longer knows it is content. */
  async [Symbol.asyncDispose](): Promise<void> {
    const open = this.#open;
    if (open === undefined) return;
    this.#open = undefined;
    const route = { poolId: this.#request.settings.poolId, sessionId: open.id };
    try {
      const never = new AbortController().signal;
      await this.connection.call({ method: 'DELETE', location: 'sessions', route, deadlineMs: closeDeadlineMs }, never);
    } catch {
      // The process ends either way, and the server drops a silent session by itself.
    }
  }
}

/** Not to be interrupted: a session whose answer nobody waits for would stay open on the server. */
async function postSession(request: SessionRequest, connection: Connection): Promise<OpenSession> {
  const { settings, version } = request;
  const body = {
    sessionId: noSession,
    ownerName: hostname(),
    agent: {
      id: settings.agentId,
      name: settings.agentName,
      version,
      osDescription: `${type()} ${release()}`,
      status: 'offline',
    },
    systemCapabilities: request.capabilities,
  };
  const route = { poolId: settings.poolId };
  const never = new AbortController().signal;
  const answer = await connection.call({ method: 'POST', location: 'sessions', route, body }, never);
  const session = objectFrom(answer, 'the session');
  const wrapped = objectIn(session, 'encryptionKey');
  const value = optionalTextIn(wrapped, 'value');
  const key =
    value === undefined
      ? undefined
      : unwrapSessionKey({ encrypted: wrapped.encrypted === true, value }, readKey(request.rootDirectory));
  return { id: textIn(session, 'sessionId', 'the session'), key };
}
