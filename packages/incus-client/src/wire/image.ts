import type { StringMap } from './instance.js';

/** An image of the local store (`GET /1.0/images/{fingerprint}`). */
export interface Image {
  readonly fingerprint: string;
  readonly filename: string;
  readonly size: number;
  readonly type: 'container' | 'virtual-machine';
  readonly architecture: string;
  readonly public: boolean;
  readonly cached: boolean;
  readonly auto_update: boolean;
  readonly properties: StringMap;
  readonly aliases: readonly { readonly name: string; readonly description: string }[];
  readonly profiles: readonly string[] | null;
  readonly project: string;
  readonly created_at: string;
  readonly uploaded_at: string;
  readonly last_used_at: string;
}

/** A name for an image (`GET /1.0/images/aliases/{name}`). */
export interface ImageAlias {
  readonly name: string;
  readonly description: string;
  /** The fingerprint. */
  readonly target: string;
  readonly type: string;
}

/** Fills in the maps that the daemon sends as `null`. */
export function readImage(raw: Image): Image {
  return { ...raw, properties: raw.properties ?? {}, aliases: raw.aliases ?? [] };
}
