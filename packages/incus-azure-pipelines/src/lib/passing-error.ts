/** What may pass by itself: it is shown as one sentence, without a stack, and ends the program with code 1. */
export class PassingError extends Error {
  override readonly name = 'PassingError';
}
