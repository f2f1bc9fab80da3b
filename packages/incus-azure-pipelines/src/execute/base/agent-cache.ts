/**
 * The folder of downloaded agent packages. What breaks off is gone on with at the next try, a package has its name only
 * once its hash is right, and of all packages the last used stay.
 */
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { interceptors } from 'undici';
import type { WayOut } from '../../lib/way-out.js';
import type { OnProgress } from '../../model/progress.js';
import type { AgentPackage } from './agent-package.js';
import { download } from './download.js';
import { sha256OfFile } from './sha256-of-file.js';

export interface AgentCacheOptions {
  /** Made when it is missing. */
  readonly directory: string;
  /** Epoch ms. */
  readonly now: () => number;
  /** For one download; default 30 minutes. */
  readonly deadlineMs?: number;
}

interface Wish {
  readonly onProgress: OnProgress;
  readonly signal: AbortSignal;
  /** The way to the server. */
  readonly wayOut: WayOut;
}

/** A package has some 200 MB: what one pool uses, what it used before, and what another uses. */
const KEPT = 3;
const DEADLINE_MS = 30 * 60_000;
const OURS = /^agent-.*\.tar\.gz(?:\..*partial)?$/;

/** One for each folder: downloads come one after the other, so that no two write one file. */
export class AgentCache {
  readonly #options: AgentCacheOptions;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: AgentCacheOptions) {
    this.#options = options;
  }

  /**
   * Brings an agent package onto this machine and returns its path. One from the cache is taken as long as its hash is
   * right.
   *
   * @throws Error when the download fails, stalls or has another hash, which is not kept.
   */
  async obtain(agent: AgentPackage, wish: Wish): Promise<string> {
    if (agent.from.kind === 'file') return agent.from.path;
    const { url } = agent.from;
    const mine = this.#last.then(() => this.#obtain(agent, url, wish));
    this.#last = mine.catch(() => undefined);
    return mine;
  }

  async #obtain(agent: AgentPackage, url: string, wish: Wish): Promise<string> {
    const { directory, now } = this.#options;
    const name = `agent-${agent.version}-${agent.sha256.slice(0, 12)}.tar.gz`;
    const path = join(directory, name);
    await mkdir(directory, { recursive: true });
    if ((await sha256IfThere(path, wish.signal)) !== agent.sha256) {
      await this.#fetch(agent, url, path, wish);
      await this.#keepOnly(name);
    }
    await utimes(path, now() / 1000, now() / 1000);
    return path;
  }

  async #fetch(agent: AgentPackage, url: string, path: string, { onProgress, signal, wayOut }: Wish): Promise<void> {
    const { deadlineMs = DEADLINE_MS } = this.#options;
    const partial = `${path}.partial`;
    const way = wayOut.open();
    const dispatcher = way.compose(interceptors.redirect({ maxRedirections: 5 }));
    const text = `Downloading agent ${agent.version}`;
    try {
      await download(url, partial, {
        signal: AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]),
        dispatcher,
        onPart: done => onProgress({ kind: 'part', text, done }),
      });
      const found = await sha256OfFile(partial, signal);
      if (found !== agent.sha256) {
        await rm(partial);
        throw new Error(`it has SHA-256 ${found} in place of ${agent.sha256}`);
      }
      await rename(partial, path);
    } catch (cause) {
      signal.throwIfAborted();
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`download agent ${agent.version} from ${new URL(url).origin}: ${why}`, { cause });
    } finally {
      await way.destroy();
    }
  }

  /** Deletes all but a package and the others used last, and what was broken off and is not wanted any more. */
  async #keepOnly(wanted: string): Promise<void> {
    const { directory } = this.#options;
    const others = (await readdir(directory)).filter(name => OURS.test(name) && name !== wanted);
    const dated = await Promise.all(
      others.map(async name => ({ name, usedAt: (await stat(join(directory, name))).mtimeMs })),
    );
    const whole = dated.filter(({ name }) => !name.endsWith('partial')).sort((a, b) => b.usedAt - a.usedAt);
    const kept = new Set(whole.slice(0, KEPT - 1));
    await Promise.all(dated.filter(entry => !kept.has(entry)).map(({ name }) => rm(join(directory, name))));
  }
}

async function sha256IfThere(path: string, signal: AbortSignal): Promise<string | undefined> {
  const found = await sha256OfFile(path, signal).catch(() => undefined);
  signal.throwIfAborted();
  return found;
}
