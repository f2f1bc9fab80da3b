/** What is asked of a server and what it answers, in the two forms in which it is kept. */

/** As whom a request is sent: a stranger has a credential that was made up, nobody has none. */
export type Caller = 'organisation' | 'agent' | 'job' | 'stranger' | 'nobody';

/** One request and its answer as they went over the wire. It holds secrets, and never leaves the process. */
export interface RawExchange {
  /** Its name within the conversation. */
  readonly step: string;
  readonly as: Caller;
  readonly method: string;
  readonly url: string;
  readonly apiVersion: string | undefined;
  readonly requestBody: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** Epoch ms. */
  readonly askedAt: number;
  readonly ms: number;
}

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** The same with nothing in it that belongs to anybody: values are kept where they are words of the protocol alone. */
export interface Exchange {
  readonly step: string;
  readonly as: Caller;
  /** Method and path, such as `GET /_apis/distributedtask/pools/<number>/agents`. */
  readonly asks: string;
  readonly apiVersion?: string;
  readonly sends?: Json;
  readonly status: number;
  readonly form: 'json' | 'page' | 'empty' | 'other';
  /** Names of headers that say something, such as `x-ratelimit-remaining`, and the schemes of a challenge. */
  readonly heads: readonly string[];
  /** How long the answer took, in whole seconds; left out below five. */
  readonly afterS?: number;
  readonly answer?: Json;
}

/** A conversation as it is written to a file. */
export interface Recording {
  readonly format: 1;
  /** Who answered, as far as its host name tells. */
  readonly server: string;
  /** What else was seen, by step. */
  readonly notes: Readonly<Record<string, string>>;
  readonly exchanges: readonly Exchange[];
}
