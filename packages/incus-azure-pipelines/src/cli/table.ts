/** No column is made narrower than this. */
const LEAST_WIDTH = 8;

/**
 * A plain table: columns padded to their widest cell, two spaces apart. Where that is wider than `width`, columns that say nothing go,
 * the widest ones lose their ends, and where that is not enough the last columns go, which a sign tells; but never the first: its
 * names are there to be typed.
 */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  width = Number.POSITIVE_INFINITY,
): string {
  const columns = head.map((title, index) => {
    const cells = rows.map(row => row[index] ?? '');
    return { title: title.toUpperCase(), cells, most: Math.max(title.length, ...cells.map(cell => cell.length)) };
  });
  const fitting = fit(columns, width);
  const line = (text: (column: Column) => string) =>
    fitting
      .map(column => cut(text(column), column.most).padEnd(column.most))
      .join('  ')
      .trimEnd();
  return [line(({ title }) => title), ...rows.map((_, row) => line(({ cells }) => cells[row] ?? ''))]
    .map(text => `${text}\n`)
    .join('');
}

/** A text of at most so many characters; one that is longer loses its end, which is shown. */
export function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, Math.max(0, most - 1))}…`;
}

interface Column {
  readonly title: string;
  readonly cells: readonly string[];
  /** Its width. */
  readonly most: number;
}

/** What is between columns, and what stands for those that are left out. */
const GAP = 2;
const REST: Column = { title: '…', cells: [], most: 1 };

function fit(columns: readonly Column[], width: number): readonly Column[] {
  if (widthOf(columns) <= width) return columns;
  const [first, ...telling] = columns.filter(({ cells }, index) => index === 0 || cells.some(cell => cell !== ''));
  if (first === undefined) return columns;
  const least = (shown: readonly Column[]) =>
    widthOf([first, ...shown.map(column => ({ ...column, most: Math.min(column.most, LEAST_WIDTH) }))]);
  let shown = telling;
  while (shown.length > 0 && least(withRest(shown, telling)) > width) shown = shown.slice(0, -1);
  return narrowed(first, withRest(shown, telling), width);
}

function withRest(shown: readonly Column[], all: readonly Column[]): readonly Column[] {
  return shown.length === all.length ? shown : [...shown, REST];
}

function narrowed(first: Column, others: readonly Column[], width: number): readonly Column[] {
  const narrow = [...others];
  while (widthOf([first, ...narrow]) > width) {
    const widest = Math.max(0, ...narrow.map(({ most }) => most));
    if (widest <= LEAST_WIDTH) break;
    const index = narrow.findLastIndex(({ most }) => most === widest);
    const column = narrow[index];
    if (column !== undefined) narrow[index] = { ...column, most: widest - 1 };
  }
  return [first, ...narrow];
}

function widthOf(columns: readonly Column[]): number {
  return columns.reduce((sum, { most }) => sum + most + GAP, -GAP);
}
