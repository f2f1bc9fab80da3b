/** The grammar of `baseImage`: `ALIAS`, `local:ALIAS`, `images:ALIAS` or `REMOTE:ALIAS`. */

export interface ImageName {
  /** Undefined for an alias that may be found anywhere. */
  readonly remote: string | undefined;
  readonly alias: string;
}

/** Splits `remote:alias` at its first colon. */
export function parseImageName(written: string): ImageName {
  const colon = written.indexOf(':');
  if (colon < 0) return { remote: undefined, alias: written };
  return { remote: written.slice(0, colon), alias: written.slice(colon + 1) };
}
