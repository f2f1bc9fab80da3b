/** What is to be drained, as a person says it. */
export type DrainTarget =
  | { readonly kind: 'host'; readonly untilBoot: boolean; readonly removesPlaceholders?: boolean }
  | { readonly kind: 'pool'; readonly pool: string }
  | { readonly kind: 'agent'; readonly agent: string };

/** The wish to drain it, as it is kept. */
export type DrainWish =
  | { readonly kind: 'host' }
  /** The host until it has booted anew; `boot` is the boot in which it was wished. */
  | { readonly kind: 'host-until-boot'; readonly boot: string }
  | { readonly kind: 'pool'; readonly pool: string }
  | { readonly kind: 'pool-until-boot'; readonly pool: string; readonly boot: string }
  | { readonly kind: 'agent'; readonly agent: string }
  /** What is drained is to have no placeholder either. */
  | { readonly kind: 'no-placeholders' };

/** A release that knows no placeholders takes it for a wish of another boot, which is over. */
const NO_PLACEHOLDERS = 'placeholders:none';

/** One line, without its end. Names of pools and agents have neither `*` nor `:` in them. */
export function formatWish(wish: DrainWish): string {
  switch (wish.kind) {
    case 'host':
      return '*';
    case 'host-until-boot':
      return `*:${wish.boot}`;
    case 'pool':
      return wish.pool;
    case 'pool-until-boot':
      return `${wish.pool}:${wish.boot}`;
    case 'agent':
      return `agent:${wish.agent}`;
    case 'no-placeholders':
      return NO_PLACEHOLDERS;
  }
}

/** Reads a line that {@link formatWish} has written. */
export function parseWish(line: string): DrainWish {
  if (line === '*') return { kind: 'host' };
  if (line === NO_PLACEHOLDERS) return { kind: 'no-placeholders' };
  if (line.startsWith('*:')) return { kind: 'host-until-boot', boot: line.slice(2) };
  if (line.startsWith('agent:')) return { kind: 'agent', agent: line.slice('agent:'.length) };
  const [pool = '', boot] = line.split(':', 2);
  return boot === undefined ? { kind: 'pool', pool } : { kind: 'pool-until-boot', pool, boot };
}
