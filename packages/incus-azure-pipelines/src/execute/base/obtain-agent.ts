import { createHash, randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Agent, type Dispatcher, interceptors, request } from 'undici';
import type { AgentPackage } from './agent-package.js';
import { sha256OfFile } from './sha256-of-file.js';

export interface ObtainAgentOptions {
  /** Downloads are kept here; it is made when it is missing. */
  readonly cacheDirectory: string;
  readonly onProgress: (text: string) => void;
  readonly signal: AbortSignal;
  /** For the whole download; default 30 minutes. */
  readonly deadlineMs?: number;
  /** Carries a proxy or TLS options. Default: one of its own, which follows redirections. */
  readonly dispatcher?: Dispatcher | undefined;
}

/** A server that sends nothing for this long has gone. */
const silenceMs = 60_000;
const defaultDeadlineMs = 30 * 60_000;

/**
 * Brings an agent package onto this machine and returns its path. A download is checked against its hash before it gets
 * its name, and taken from the cache as long as its hash is right.
 *
 * @throws Error when the download fails, stalls or has another hash; nothing of it is kept then.
 */
export async function obtainAgent(agent: AgentPackage, options: ObtainAgentOptions): Promise<string> {
  if (agent.from.kind === 'file') return agent.from.path;
  const { url } = agent.from;
  const path = join(options.cacheDirectory, `agent-${agent.version}-${agent.sha256.slice(0, 12)}.tar.gz`);
  const cached = await sha256OfFile(path, options.signal).catch(() => undefined);
  options.signal.throwIfAborted();
  if (cached === agent.sha256) return path;

  await mkdir(options.cacheDirectory, { recursive: true });
  const partial = `${path}.${randomBytes(4).toString('hex')}.partial`;
  const own = options.dispatcher === undefined ? new Agent() : undefined;
  const dispatcher = options.dispatcher ?? own?.compose(interceptors.redirect({ maxRedirections: 5 }));
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(options.deadlineMs ?? defaultDeadlineMs)]);
  try {
    const found = await download(agent, url, partial, { signal, dispatcher, onProgress: options.onProgress });
    if (found !== agent.sha256) throw new Error(`it has SHA-256 ${found} in place of ${agent.sha256}`);
    await rename(partial, path);
    return path;
  } catch (cause) {
    options.signal.throwIfAborted();
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`download agent ${agent.version} from ${new URL(url).origin}: ${why}`, { cause });
  } finally {
    await rm(partial, { force: true });
    await own?.destroy();
  }
}

interface DownloadOptions {
  readonly signal: AbortSignal;
  readonly dispatcher: Dispatcher | undefined;
  readonly onProgress: (text: string) => void;
}

async function download(agent: AgentPackage, url: string, path: string, options: DownloadOptions): Promise<string> {
  const { signal, dispatcher, onProgress } = options;
  const { statusCode, headers, body } = await request(url, {
    signal,
    headersTimeout: silenceMs,
    bodyTimeout: silenceMs,
    ...(dispatcher ? { dispatcher } : {}),
  });
  if (statusCode !== 200) {
    await body.dump();
    throw new Error(`the server answered ${statusCode}`);
  }
  const expectedBytes = Number(headers['content-length']);
  const hash = createHash('sha256');
  async function* told(chunks: Readable): AsyncGenerator<Uint8Array> {
    let bytes = 0;
    let tenths = 0;
    for await (const chunk of chunks) {
      if (!(chunk instanceof Uint8Array)) continue;
      hash.update(chunk);
      bytes += chunk.byteLength;
      const now = Math.floor((bytes / expectedBytes) * 10);
      if (now > tenths) onProgress(`Downloading agent ${agent.version}: ${now * 10} %`);
      tenths = Math.max(tenths, Number.isNaN(now) ? 0 : now);
      yield chunk;
    }
  }
  await pipeline(body, told, createWriteStream(path, { mode: 0o600 }), { signal });
  return hash.digest('hex');
}
