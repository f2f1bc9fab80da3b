import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectIncus, type IncusClient } from 'incus-client';

/** A call as it came: `PATCH /1.0/instances/a`, without its query. */
export interface IncusCall {
  readonly call: string;
  readonly body: Buffer;
}

/** Listens as Incus does and answers every call with the status that `answer` gives it. */
export class ScriptedIncus implements AsyncDisposable {
  readonly calls: IncusCall[] = [];
  readonly client: IncusClient;
  readonly #directory: string;
  readonly #server;

  private constructor(directory: string, answer: (call: string) => number) {
    this.#directory = directory;
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const call = `${request.method} ${new URL(request.url ?? '', 'http://incus').pathname}`;
        this.calls.push({ call, body: Buffer.concat(chunks) });
        const status = answer(call);
        response.writeHead(status, { 'content-type': 'application/json' });
        const failed = { type: 'error', error: 'scripted', error_code: status, metadata: null };
        const done = { type: 'sync', status: 'Success', status_code: 200, metadata: {} };
        response.end(JSON.stringify(status < 400 ? done : failed));
      });
    });
    this.client = connectIncus({ connection: { kind: 'unix', socketPath: join(directory, 'incus.socket') } });
  }

  static async start(answer: (call: string) => number): Promise<ScriptedIncus> {
    const directory = await mkdtemp(join(tmpdir(), 'scripted-incus-'));
    const incus = new ScriptedIncus(directory, answer);
    incus.#server.listen(join(directory, 'incus.socket'));
    await once(incus.#server, 'listening');
    return incus;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client.close();
    this.#server.close();
    this.#server.closeAllConnections();
    await rm(this.#directory, { recursive: true });
  }
}
