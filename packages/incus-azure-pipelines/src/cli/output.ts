/** Where a verb writes what a person or a program reads. */
export interface Output {
  /** To standard output. */
  readonly write: (text: string) => void;
  /** To standard error. */
  readonly complain: (text: string) => void;
  /** Width of the terminal that standard error is; undefined where it is none. */
  readonly columns?: number;
}
