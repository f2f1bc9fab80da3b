import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { loadJob, sleepingJob, type UnitStarts, unitStartsIn } from './shell-agent/scripts.js';
import { Sightings } from './sightings.js';

/** What the agents of one measurement are given to do. */
export interface Work {
  /** So many agents, the first ones, are given a job that never ends and takes core and disk. */
  readonly loads: number;
  /** The rest sleep so long in each job; undefined: they are given none and wait. */
  readonly jobSeconds: number | undefined;
  /** Whoever asks before this has come to pass is kept waiting. */
  readonly from?: Promise<unknown>;
  /** Hears of each job that is done, before its agent goes on. */
  readonly onDone?: (name: string) => void;
  /** Places beside the loads: their first jobs are of different lengths, so that they do not end together. */
  readonly places: number;
}

/** Stands where the agents of the bench ask for work: an agent's first request is its *online*. */
export class JobSource implements AsyncDisposable {
  readonly url: string;
  readonly unitStarts = new Map<string, UnitStarts>();
  readonly #server: Server;
  #sightings = new Sightings();
  #work: Work = { loads: 0, jobSeconds: undefined, places: 0 };
  #given = 0;

  private constructor(server: Server, host: string) {
    this.#server = server;
    this.url = `http://${host}:${(server.address() as AddressInfo).port}`;
    server.on('request', (request, response) => {
      // A guest that is deleted takes its connection along.
      this.#answer(request, response).catch(() => response.destroy());
    });
  }

  static async start(host: string): Promise<JobSource> {
    const server = createServer({ requestTimeout: 0, keepAliveTimeout: 1 });
    server.listen(0, host);
    await once(server, 'listening');
    return new JobSource(server, host);
  }

  /** Begins anew: whoever asks from now on is given this work, and is seen in what is returned. */
  begin(work: Work): Sightings {
    this.#work = work;
    this.#given = 0;
    this.#sightings = new Sightings();
    this.unitStarts.clear();
    return this.#sightings;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>(resolve => {
      this.#server.close(() => resolve());
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const at = Date.now();
    const [, kind, name = ''] = (request.url ?? '').split('/');
    const body = await text(request);
    if (kind === 'done') {
      const starts = unitStartsIn(body.split('\n'));
      if (starts !== undefined) this.unitStarts.set(name, starts);
      this.#sightings.add({ kind, name, at });
      this.#work.onDone?.(name);
      response.end();
    } else if (kind === 'online') {
      this.#sightings.add({ kind, name, at });
      await this.#work.from;
      const job = this.#nextJob();
      if (job !== undefined) response.end(job);
    } else {
      response.writeHead(404).end();
    }
  }

  #nextJob(): string | undefined {
    const { loads, jobSeconds, places } = this.#work;
    this.#given += 1;
    if (this.#given <= loads) return loadJob;
    if (jobSeconds === undefined) return undefined;
    const turn = this.#given - loads;
    return sleepingJob(turn < places ? (jobSeconds * turn) / places : jobSeconds);
  }
}
