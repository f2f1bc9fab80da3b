/** One file of the guest contract, as it lies in a base. It belongs to root. */
export interface GuestFile {
  readonly path: string;
  /** Permission bits, for example `0o755`. */
  readonly mode: number;
  readonly content: string;
}
