/** What the stages of a conversation have in common, and what they tell each other. */
import type { KeyObject } from 'node:crypto';
import { type AzurePipelinesClient, isAzurePipelinesError } from 'azure-pipelines-client';
import type { AgentIdentity } from '../execute/registration/agent-files.js';
import type { Secret } from '../lib/secret.js';
import { type Ask, basic, type RawAnswer, type SignedIn, type Wire } from './wire.js';

/** No server has an agent or a pool of this number. */
export const NOBODY = 2_147_483_647;
/** Higher than any release, so that no server wants to replace the agent by a newer one. */
export const VERSION = '99.999.9';

export interface TalkOptions {
  readonly wire: Wire;
  readonly agentPool: string;
  readonly poolId: number;
  readonly hosted: boolean;
  /** What the names of all agents of this conversation begin with. */
  readonly agentPrefix: string;
  readonly takeKey: (signal: AbortSignal) => Promise<KeyObject>;
  /** Epoch ms. */
  readonly now: () => number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly onWait: (what: string) => void;
  /** How long to wait for a job; zero for not at all. */
  readonly awaitJobMs: number;
  readonly signal: AbortSignal;
}

/** An agent of this conversation. */
export interface Made {
  readonly id: number;
  readonly name: string;
}

export class Talk {
  readonly options: TalkOptions;
  readonly notes: Record<string, string> = {};
  /** The agent that signs in, and one that never does. */
  identity: AgentIdentity | undefined;
  other: Made | undefined;
  token: Secret | undefined;

  constructor(options: TalkOptions) {
    this.options = options;
  }

  get signal(): AbortSignal {
    return this.options.signal;
  }

  /** The same conversation where no stop is heard: what takes back something goes on to its end. */
  toItsEnd(): Talk {
    const { identity, notes, options, other, token } = this;
    const talk = new Talk({ ...options, signal: new AbortController().signal });
    return Object.assign(talk, { identity, notes, other, token });
  }

  /** Path of the pool's own resources. */
  path(rest: string): string {
    return `/_apis/distributedtask/pools/${this.options.poolId}${rest}`;
  }

  nameOf(ordinal: number): string {
    return `${this.options.agentPrefix}${ordinal}`;
  }

  /** Asks by the program's own client; what it refuses to take is noted, and gives undefined. */
  async byClient<T>(
    step: string,
    call: (client: AzurePipelinesClient) => Promise<T>,
    agent?: SignedIn,
  ): Promise<T | undefined> {
    this.signal.throwIfAborted();
    try {
      return await call(this.options.wire.client(step, agent));
    } catch (error) {
      this.signal.throwIfAborted();
      if (!isAzurePipelinesError(error)) throw error;
      this.notes[step] = `taken for "${error.kind}" by this program`;
      return undefined;
    }
  }

  async asOrganisation(step: string, ask: Omit<Ask, 'as' | 'authorization'>): Promise<RawAnswer> {
    const authorization = await this.options.wire.organisation();
    return this.ask(step, { ...ask, as: 'organisation', authorization });
  }

  async asStranger(
    step: string,
    scheme: 'Basic' | 'Bearer',
    ask: Omit<Ask, 'as' | 'authorization'>,
  ): Promise<RawAnswer> {
    const made = 'x'.repeat(52);
    return this.ask(step, {
      ...ask,
      as: 'stranger',
      authorization: scheme === 'Basic' ? basic(made) : `Bearer ${made}`,
    });
  }

  async asAgent(step: string, ask: Omit<Ask, 'as' | 'authorization'>, onSent?: () => void): Promise<RawAnswer> {
    const { serverUrl, token } = this.needSignedIn();
    const path = `${serverUrl.replace(/\/+$/, '')}${ask.path}`;
    return this.ask(step, { ...ask, path, as: 'agent', authorization: `Bearer ${token.reveal()}` }, onSent);
  }

  async ask(step: string, ask: Ask, onSent?: () => void): Promise<RawAnswer> {
    this.signal.throwIfAborted();
    const makes = ask.method === 'POST' && ask.path.endsWith('/agents');
    return this.options.wire.ask(step, makes ? ask : { ...ask, signal: this.signal }, onSent);
  }

  needIdentity(): AgentIdentity {
    if (this.identity !== undefined) return this.identity;
    throw new Error('no agent could be registered with a key');
  }

  needOther(): Made {
    if (this.other !== undefined) return this.other;
    throw new Error('no agent could be registered without a key');
  }

  needSignedIn(): SignedIn {
    const { serverUrl } = this.needIdentity();
    if (this.token !== undefined) return { serverUrl, token: this.token };
    throw new Error('the agent was given no token');
  }
}
