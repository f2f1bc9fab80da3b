/** The storage pool that instances are in. */
export interface StorageFacts {
  /** Its name in Incus. */
  readonly pool: string;
  readonly driver: string;
  /** Whether a copy of an instance shares what both have: it is then made at once and takes no room. */
  readonly copiesOnWrite: boolean;
}

/** What one copy of a base cost where it was measured. */
export interface CopyCost {
  readonly ms: number;
  /** Undefined where Incus does not tell. */
  readonly bytes: number | undefined;
}

/** Name of the copy that is made to see what copies of a base cost. */
export function measuredCopy(base: string): string {
  return `${base}-copy`;
}
