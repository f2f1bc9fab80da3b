import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectIncus, type IncusClient } from 'incus-client';

/** The least that a daemon asks of an Incus before it begins. */
export const FIT = {
  auth: 'trusted',
  api_extensions: [
    'instance_create_start',
    'instance_ready_state',
    'operation_wait',
    'event_lifecycle_name_and_project',
    'container_exec_user_group_cwd',
    'projects',
  ],
  environment: { server: 'incus', server_version: '6.0.4', architectures: ['x86_64'] },
};
const PROFILE = { name: 'default', config: {}, devices: { root: { type: 'disk', path: '/' }, eth0: { type: 'nic' } } };

/** Answers for {@link ScriptedIncus} that let a daemon begin; it then finds nothing that it could read. */
export function fitIncus(call: string): number | object {
  if (call === 'GET /1.0') return FIT;
  if (call.startsWith('GET /1.0/projects/')) return { name: 'ci', description: '', config: {} };
  return call === 'GET /1.0/profiles/default' ? PROFILE : 500;
}

/** A status, words of a refusal, metadata, or {@link STARTED}. */
type Answering = (call: string, query: URLSearchParams) => number | string | object;

/** The answer of a call that starts an operation; the script answers the wait for it, too. */
export const STARTED = { id: 'scripted', status_code: 103 };
export const WAIT = `GET /1.0/operations/${STARTED.id}/wait`;

function envelopeOf(given: number | string | object): Readonly<Record<string, unknown>> & { readonly status: number } {
  if (given === STARTED) return { status: 202, type: 'async', operation: '/1.0/operations/scripted', metadata: given };
  if (typeof given === 'object') return { status: 200, type: 'sync', status_code: 200, metadata: given };
  const [status, error] = typeof given === 'number' ? [given, 'scripted'] : [400, given];
  if (status < 400) return { status, type: 'sync', status_code: 200, metadata: {} };
  return { status, type: 'error', error, error_code: status, metadata: null };
}

/** A call as it came: `PATCH /1.0/instances/a`, without its query. */
export interface IncusCall {
  readonly call: string;
  readonly body: Buffer;
}

/** Listens as Incus does and answers every call with the status, or with the metadata, that `answer` gives it. */
export class ScriptedIncus implements AsyncDisposable {
  readonly calls: IncusCall[] = [];
  readonly client: IncusClient;
  readonly socketPath: string;
  readonly #directory: string;
  readonly #server;

  private constructor(directory: string, answer: Answering) {
    this.#directory = directory;
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { pathname, searchParams } = new URL(request.url ?? '', 'http://incus');
        const call = `${request.method} ${pathname}`;
        this.calls.push({ call, body: Buffer.concat(chunks) });
        const given = answer(call, searchParams);
        const { status, ...envelope } = envelopeOf(given);
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(JSON.stringify(envelope));
      });
    });
    this.socketPath = join(directory, 'incus.socket');
    this.client = connectIncus({ connection: { kind: 'unix', socketPath: this.socketPath } });
  }

  static async start(answer: Answering): Promise<ScriptedIncus> {
    const directory = await mkdtemp(join(tmpdir(), 'scripted-incus-'));
    const incus = new ScriptedIncus(directory, answer);
    incus.#server.listen(incus.socketPath);
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
