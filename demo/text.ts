/** Text for a terminal whose width is known. */

/**
 * Makes foreign text harmless and one cell per character: everything but Latin letters, digits and signs, control
 * characters above all, becomes a dot.
 */
export function plain(text: string): string {
  return text.replace(/[^\u0020-\u007e\u00a1-\u00ac\u00ae-\u024f\u2018-\u201d\u2026\u2013\u00b7]/gu, '·');
}

/** Cuts a text to a width in characters, with an ellipsis where something is missing. */
export function cut(text: string, width: number): string {
  if (text.length <= width) return text;
  return width <= 0 ? '' : `${text.slice(0, width - 1)}…`;
}

/** Cuts or pads a text to exactly a width. */
export function cell(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  return align === 'left' ? cut(text, width).padEnd(width) : cut(text, width).padStart(width);
}

/** A time as a person reads it, in at most seven characters: `0.4 s`, `125 s`, `12 min`. */
export function duration(ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  return seconds < 600 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}

/** Breaks a text at its spaces into lines of at most a width. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && longer.length > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}
