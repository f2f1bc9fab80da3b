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

/** A time as a person reads it: `0.4 s`, `12 s`, `2 min 05 s`. */
export function duration(ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 100) return `${whole} s`;
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
}
