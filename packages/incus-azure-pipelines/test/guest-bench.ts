import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectIncus, type IncusClient } from 'incus-client';
import { createTarGzip } from 'nanotar';
import type { Testbed } from '../../../testbed/for-tests.js';
import { describeAgentFile } from '../src/execute/base/agent-package.js';
import { buildBase } from '../src/execute/base/build-base.js';
import { findSourceImage } from '../src/execute/base/source-image.js';
import { Steps } from '../src/execute/base/steps.js';
import { Isolation } from '../src/execute/isolation.js';
import { WayOut } from '../src/lib/way-out.js';
import { MARKS } from '../src/model/marks.js';

const PREFIX = 'iap-guest-test-';
const BASE = `${PREFIX}base`;
const SAID = '/root/said';

/** Guests of a base with docker and with an agent of two small scripts. */
export class GuestBench implements AsyncDisposable {
  readonly client: IncusClient;
  readonly lifecycle: Lifecycle;
  readonly #testbed: Testbed;
  readonly #directory: string;
  #births = 0;

  private constructor(testbed: Testbed, client: IncusClient, lifecycle: Lifecycle, directory: string) {
    this.client = client;
    this.lifecycle = lifecycle;
    this.#testbed = testbed;
    this.#directory = directory;
  }

  /** Builds the base. */
  static async start(testbed: Testbed): Promise<GuestBench> {
    const client = connectIncus({ connection: { kind: 'unix', socketPath: testbed.socketPath } });
    const lifecycle = new Lifecycle(client);
    await lifecycle.open();
    const directory = await mkdtemp(join(tmpdir(), 'guest-'));
    const bench = new GuestBench(testbed, client, lifecycle, directory);
    try {
      await bench.#build();
      return bench;
    } catch (error) {
      await bench[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Starts a copy with these files in it, which prepares itself; `ready` resolves when it says that it has. */
  async start(
    server: string,
    files: Readonly<Record<string, string>> = {},
  ): Promise<{ name: string; ready: Promise<unknown> }> {
    this.#births += 1;
    const name = `${PREFIX}${this.#births}`;
    const ready = this.lifecycle.next('instance-ready', name);
    await this.client.instances.create({
      name,
      ephemeral: true,
      source: { type: 'copy', source: BASE, instance_only: true },
      config: { [MARKS.baseState]: '', [MARKS.server]: server, 'boot.autostart': 'false' },
    });
    for (const [path, content] of Object.entries(files)) await this.client.files.push(name, path, content);
    await this.client.instances.start(name);
    return { name, ready };
  }

  /** The name of one that is prepared. */
  async prepared(): Promise<string> {
    const { name, ready } = await this.start(this.#testbed.gateway);
    await ready;
    return name;
  }

  /** Runs a script in a guest, which may end by it. */
  async run(name: string, script: string, stdin = ''): Promise<void> {
    await this.client.exec(name, { command: ['bash', '-c', script], stdin }, { deadlineMs: 60_000 });
  }

  /** What a script prints in a guest that lives on: taken from a file, since Incus may cut off the output of a short command. */
  async said(name: string, script: string, stdin?: string): Promise<string> {
    await this.run(name, `exec >${SAID}\n${script}`, stdin);
    const file = await this.client.files.pull(name, SAID);
    return file.type === 'file' ? new TextDecoder().decode(file.content) : '';
  }

  /** Ends all guests. */
  async clear(): Promise<void> {
    for (const name of await this.client.instances.names())
      if (name.startsWith(PREFIX) && name !== BASE)
        await this.client.instances.stop(name, { force: true }).catch(() => undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client.instances.delete(BASE).catch(() => undefined);
    await this.lifecycle.close();
    await this.client.close();
    await rm(this.#directory, { recursive: true });
  }

  async #build(): Promise<void> {
    const path = join(this.#directory, 'agent.tar.gz');
    const attrs = { mode: '755' };
    const programs = ['config.sh', 'run.sh'].map(async name => ({ name, data: await testdata(name), attrs }));
    await writeFile(path, await createTarGzip(await Promise.all(programs)));
    const { signal } = new AbortController();
    const image = { kind: 'local', alias: this.#testbed.image } as const;
    await buildBase({
      client: this.client,
      image: await findSourceImage(this.client, image, 'x86_64', new WayOut(), signal),
      spec: {
        image,
        isMade: false,
        provisionScripts: [],
        docker: true,
        tmpfsSizeBytes: undefined,
        agent: { kind: 'file', path },
        refreshMs: undefined,
      },
      base: BASE,
      marks: {},
      agent: { ...(await describeAgentFile(path, signal)), path },
      storage: undefined,
      isolation: new Isolation({ off: undefined, onOff: () => {} }),
      steps: new Steps(0, () => undefined),
      signal,
    });
  }
}

/** Reads a file that belongs to the tests of guests. */
export async function testdata(name: string): Promise<string> {
  return await readFile(new URL(`../src/execute/guest/testdata/${name}`, import.meta.url), 'utf8');
}

/** Waits for lifecycle events by action and instance. */
export class Lifecycle {
  readonly #client: IncusClient;
  readonly #stop = new AbortController();
  readonly #waiting = new Map<string, (requestor: unknown) => void>();
  #following: Promise<void> | undefined;

  constructor(client: IncusClient) {
    this.#client = client;
  }

  /** Resolves when events are coming. */
  async open(): Promise<void> {
    await new Promise<void>(resolve => {
      this.#following = this.#follow(resolve);
    });
  }

  /** Resolves with who asked for it, which is nobody where the guest did it itself. */
  next(action: string, name: string): Promise<unknown> {
    return new Promise(resolve => this.#waiting.set(`${action} ${name}`, resolve));
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#following;
  }

  async #follow(onOpen: () => void): Promise<void> {
    const events = this.#client.events.subscribe({ types: ['lifecycle'], signal: this.#stop.signal });
    for await (const event of events) {
      if (event.type === 'gap') onOpen();
      if (event.type !== 'lifecycle') continue;
      const { action, name, requestor } = event.metadata;
      this.#waiting.get(`${action} ${name}`)?.(requestor);
    }
  }
}
