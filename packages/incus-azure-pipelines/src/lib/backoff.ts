export interface BackoffOptions {
  readonly firstMs: number;
  readonly longestMs: number;
}

/** Doubling delay in ms after the `count`-th failure in a row (1, 2, ...), spread by up to a fifth; `random` is in [0, 1). */
export function backoffMs(count: number, random: number, options: BackoffOptions): number {
  const doubled = options.firstMs * 2 ** Math.min(count - 1, 30);
  return Math.round(Math.min(doubled, options.longestMs) * (0.8 + 0.4 * random));
}
