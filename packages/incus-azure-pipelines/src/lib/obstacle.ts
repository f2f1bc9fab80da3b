/** Something that is wrong, and what to do about it; both as they stand in a sentence. */
export interface Obstacle {
  readonly what: string;
  readonly remedy: string;
}

/** An obstacle as one sentence. */
export function sentenceOf({ what, remedy }: Obstacle): string {
  return `${what}; ${remedy}`;
}
