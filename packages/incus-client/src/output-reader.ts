/** Reads one output stream of a command up to its end mark, an empty text frame, and keeps its first bytes. */
export class OutputReader {
  /** Resolves when the stream has ended or its socket has closed; rejects with what the listener threw. */
  readonly ended: Promise<void>;
  readonly #keepBytes: number;
  readonly #onChunk: ((chunk: Uint8Array) => void) | undefined;
  readonly #kept: Uint8Array[] = [];
  #keptBytes = 0;
  #truncated = false;
  #sawEnd = false;
  #end: () => void = () => undefined;
  #fail: (error: unknown) => void = () => undefined;

  constructor(keepBytes: number, onChunk?: (chunk: Uint8Array) => void) {
    this.#keepBytes = keepBytes;
    this.#onChunk = onChunk;
    this.ended = new Promise((resolve, reject) => {
      this.#end = resolve;
      this.#fail = reject;
    });
  }

  /** Something of the stream is missing in {@link text}. */
  get truncated(): boolean {
    return this.#truncated;
  }

  take(content: Uint8Array, isBinary: boolean): void {
    if (!isBinary && content.byteLength === 0) {
      this.#sawEnd = true;
      this.#end();
      return;
    }
    try {
      this.#onChunk?.(content);
    } catch (error) {
      this.#fail(error);
    }
    const room = this.#keepBytes - this.#keptBytes;
    if (content.byteLength > room) this.#truncated = true;
    if (room <= 0) return;
    const part = content.subarray(0, room);
    this.#kept.push(part);
    this.#keptBytes += part.byteLength;
  }

  /** A socket that closes before the end mark has lost the tail. */
  close(): void {
    if (!this.#sawEnd) this.#truncated = true;
    this.#end();
  }

  text(): string {
    return Buffer.concat(this.#kept).toString();
  }
}
