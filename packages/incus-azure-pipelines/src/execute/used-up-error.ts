/** An activation that failed so far on its way that its instance is of no more use: the next attempt costs another one. */
export class UsedUpError extends Error {
  override readonly name = 'UsedUpError';

  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
