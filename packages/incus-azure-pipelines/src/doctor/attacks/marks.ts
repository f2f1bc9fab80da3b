/** Watches for marked frames. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { IncusClient } from 'incus-client';
import { HOSTILE } from './attack.js';
import type { Guest } from './guests.js';
import { HOSTILE_PROGRAM } from './hostile-program.js';

const PERL = 'perl';
/** A frame takes no time to arrive; a guest that lies in wait may. */
const ARRIVAL_MS = 30_000;
const WATCH_MS = 120_000;

/** Marks that have arrived, from the beginning of the watch on. */
export interface Watch extends AsyncDisposable {
  readonly seen: ReadonlySet<string>;
  /** Resolves once a frame with this mark has arrived. @throws Error when none does in time, or when the watch ends. */
  arrived(id: string): Promise<void>;
}

/** Watches the NIC of a guest. */
export async function watchGuest(incus: IncusClient, { name, nic }: Guest): Promise<Watch> {
  const marks = new Marks(`guest ${name}`);
  const stop = new AbortController();
  const command = ['perl', HOSTILE, 'watch', nic];
  const onStdout = (chunk: Uint8Array) => marks.take(Buffer.from(chunk).toString());
  const ended = incus.exec(name, { command, onStdout }, { signal: stop.signal, deadlineMs: WATCH_MS }).then(
    ({ stderr }) => marks.end(stderr),
    (error: Error) => marks.end(error.message),
  );
  return marks.begun(async () => {
    stop.abort();
    await ended;
  });
}

/** Watches the host's end of a bridge, behind all filters. Needs root on the host. */
export function watchBridge(bridge: string): Promise<Watch> {
  return watchHere('watch', bridge);
}

/** Watches what leaves the host, or goes to any guest of it: marks that stand behind `left-`. Needs root on the host. */
export function watchLeaving(): Promise<Watch> {
  return watchHere('leaving');
}

async function watchHere(...args: readonly string[]): Promise<Watch> {
  const marks = new Marks('this host');
  const child = runHere(args);
  let complaint = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    complaint += chunk.toString();
  });
  if (child.stdout !== null) createInterface({ input: child.stdout }).on('line', line => marks.take(`${line}\n`));
  const ended = once(child, 'close').then(
    () => marks.end(complaint.trim()),
    (error: Error) => marks.end(error.message),
  );
  return marks.begun(async () => {
    child.kill();
    await ended;
  });
}

/** Sends one frame from an interface of this host, where no filter is. @throws Error */
export async function sendFromHere(nic: string, frame: Buffer): Promise<void> {
  const child = runHere(['send', nic]);
  child.stdin?.end(`${frame.toString('hex')}\n`);
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`this host could not send from ${nic}`);
}

function runHere(args: readonly string[]): ChildProcess {
  const child = spawn(PERL, ['-e', HOSTILE_PROGRAM, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  // One that could not begin tells so by its end.
  child.stdin?.on('error', () => undefined);
  return child;
}

class Marks {
  readonly seen = new Set<string>();
  readonly #where: string;
  readonly #waiting = new Set<() => void>();
  #end: string | undefined;
  #rest = '';

  constructor(where: string) {
    this.#where = where;
  }

  take(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines.filter(line => line !== '')) this.seen.add(line);
    this.#tell();
  }

  end(why: string): void {
    this.#end = why || 'it ended';
    this.#tell();
  }

  #tell(): void {
    for (const look of this.#waiting) look();
  }

  async arrived(id: string): Promise<void> {
    if (this.seen.has(id)) return;
    await new Promise<void>((resolve, reject) => {
      const finish = (conclude: () => void) => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        conclude();
      };
      const look = () => {
        if (this.seen.has(id)) finish(resolve);
        else if (this.#end !== undefined)
          finish(() => reject(new Error(`${this.#where} sees no frames: ${this.#end}`)));
      };
      const timer = setTimeout(
        () => finish(() => reject(new Error(`${this.#where} did not see "${id}" in time`))),
        ARRIVAL_MS,
      );
      this.#waiting.add(look);
      look();
    });
  }

  /** A watch that has begun. */
  async begun(stop: () => Promise<void>): Promise<Watch> {
    const watch = { seen: this.seen, arrived: (id: string) => this.arrived(id), [Symbol.asyncDispose]: stop };
    try {
      await this.arrived('watching');
      return watch;
    } catch (error) {
      await stop();
      throw error;
    }
  }
}
