/** A daemon that is there and could not do what it was asked: it may later. It is shown as one sentence, and ends the program with code 1. */
export class DaemonError extends Error {
  override readonly name = 'DaemonError';
}
