import { createWriteStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Dispatcher, request } from 'undici';

interface DownloadOptions {
  readonly signal: AbortSignal;
  readonly dispatcher?: Dispatcher | undefined;
  /** Hears how much of the file is there, from 0 to 1, in steps of a hundredth. */
  readonly onPart: (done: number) => void;
}

/** A server that sends nothing for this long has gone. */
const SILENCE_MS = 60_000;

/**
 * Downloads a file, or the rest of it where an earlier call has left its beginning. What has come stays when it breaks
 * off.
 *
 * @throws Error when the server refuses, is silent or breaks off.
 */
export async function download(url: string, path: string, options: DownloadOptions): Promise<void> {
  const { signal, dispatcher, onPart } = options;
  const had = await sizeOf(path);
  const { statusCode, headers, body } = await request(url, {
    signal,
    headersTimeout: SILENCE_MS,
    bodyTimeout: SILENCE_MS,
    ...(had === 0 ? {} : { headers: { range: `bytes=${had}-` } }),
    ...(dispatcher ? { dispatcher } : {}),
  });
  if (statusCode === 416) {
    // The server has no more than this, so it is whole, or not the beginning of that file.
    await body.dump();
    if (headers['content-range'] === `bytes */${had}`) return;
    await rm(path);
    return download(url, path, options);
  }
  // A server that knows no ranges sends the whole file.
  const goesOn = statusCode === 206;
  if (!goesOn && statusCode !== 200) {
    await body.dump();
    throw new Error(`the server answered ${statusCode}`);
  }
  const before = goesOn ? had : 0;
  const received = new Received(before, before + Number(headers['content-length']), onPart);
  const file = createWriteStream(path, { flags: goesOn ? 'a' : 'w', mode: 0o600 });
  await pipeline(body, chunks => received.pass(chunks), file);
  if (received.failure !== undefined) throw received.failure;
}

/** Lets chunks pass and counts them. A source that fails ends what passes, so that all of it is written first. */
class Received {
  failure: Error | undefined;
  readonly #wholeBytes: number;
  readonly #onPart: (done: number) => void;
  #bytes: number;
  #told = -1;

  constructor(before: number, wholeBytes: number, onPart: (done: number) => void) {
    this.#bytes = before;
    this.#wholeBytes = wholeBytes;
    this.#onPart = onPart;
  }

  async *pass(chunks: Readable): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of chunks) {
        if (!(chunk instanceof Uint8Array)) continue;
        yield chunk;
        this.#count(chunk.byteLength);
      }
    } catch (error) {
      this.failure = error instanceof Error ? error : new Error(String(error));
    }
  }

  #count(bytes: number): void {
    this.#bytes += bytes;
    const hundredths = Math.floor((this.#bytes / this.#wholeBytes) * 100);
    if (hundredths <= this.#told || Number.isNaN(hundredths)) return;
    this.#told = hundredths;
    this.#onPart(hundredths / 100);
  }
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0;
}
