/** The listener's exit codes, as whoever started it reads them. */
export const exitCodes = { done: 0, terminated: 1, retryable: 2 } as const;

/** Ends the listener with a code and a last line. */
export class ExitError extends Error {
  override readonly name = 'ExitError';
  readonly exitCode: number;

  constructor(message: string, exitCode: number, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

/** Returns an error's message, or the thing itself as text. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
