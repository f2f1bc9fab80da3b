/** The shapes that every JSON answer of Incus comes in (`doc/rest-api.md`, "Return values"). */
interface SyncEnvelope<T> {
  readonly type: 'sync';
  readonly metadata: T;
}

interface AsyncEnvelope<T> {
  readonly type: 'async';
  /** `/1.0/operations/<uuid>`, sometimes followed by `?project=<name>`. */
  readonly operation: string;
  readonly metadata: T;
}

interface ErrorEnvelope {
  readonly type: 'error';
  readonly error: string;
  readonly error_code: number;
}

export type Envelope<T> = SyncEnvelope<T> | AsyncEnvelope<T> | ErrorEnvelope;

/** Reads an envelope from the text of an answer; `undefined` when the text is no envelope. */
export function parseEnvelope<T>(text: string): Envelope<T> | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof parsed !== 'object' || parsed === null || !('type' in parsed)) return undefined;
  const known = parsed.type === 'sync' || parsed.type === 'async' || parsed.type === 'error';
  return known ? (parsed as Envelope<T>) : undefined;
}
