/** A mistake that the reader can mend: it is shown as one sentence, without a stack, and ends the program with code 2. */
export class UserError extends Error {
  override readonly name = 'UserError';
}
