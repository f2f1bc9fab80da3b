/** Where a verb writes what a person or a program reads. */
export interface Output {
  /** To standard output. */
  readonly write: (text: string) => void;
  /** To standard error. */
  readonly complain: (text: string) => void;
  /** Whether standard error goes to the journal, which takes a priority from the beginning of a line. */
  readonly isJournal?: boolean;
  /** Width of the terminal that standard error is; undefined where it is none. */
  readonly columns?: number;
  /** What was written to standard output and has not gone out yet. */
  readonly waitingBytes?: () => number;
  /** Size of the terminal that standard output is, as it is when this is called; undefined where it is none. */
  readonly screen?: () => Screen;
}

/** How much a terminal shows at once. */
export interface Screen {
  readonly columns: number;
  readonly rows: number;
}

/** The size of a terminal; where it tells none, as a serial line does, what such ones have shown since there are terminals. */
export function screenOf({ columns, rows }: Partial<Screen>): Screen {
  return { columns: columns || 80, rows: rows || 24 };
}
