/** No column is made narrower than this. */
const LEAST_WIDTH = 8;

/**
 * A plain table: columns padded to their widest cell, two spaces apart. Where that is wider than `width`, the widest columns
 * lose their ends, but never the first: its names are there to be typed.
 */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  width = Number.POSITIVE_INFINITY,
): string {
  const whole = head.map((title, column) => Math.max(title.length, ...rows.map(row => (row[column] ?? '').length)));
  const widths = narrowed(whole, width);
  const line = (cells: readonly string[]) =>
    `${widths
      .map((most, column) => cut(cells[column] ?? '', most).padEnd(most))
      .join('  ')
      .trimEnd()}\n`;
  return [head.map(title => title.toUpperCase()), ...rows].map(line).join('');
}

/** A text of at most so many characters; one that is longer loses its end, which is shown. */
export function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, Math.max(0, most - 1))}…`;
}

function narrowed(widths: readonly number[], width: number): readonly number[] {
  const narrow = [...widths];
  const excess = () => narrow.reduce((sum, one) => sum + one + 2, -2) - width;
  while (excess() > 0) {
    const widest = Math.max(...narrow.slice(1));
    if (widest <= LEAST_WIDTH) break;
    const column = narrow.lastIndexOf(widest);
    narrow[column] = widest - 1;
  }
  return narrow;
}
