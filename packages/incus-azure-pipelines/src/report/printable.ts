/** Anything a terminal could obey: control characters but tab and newline, and the marks that turn writing around. */
const OBEYED = /[^\P{Cc}\t\n]|[\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** Text from guests and from Azure, made harmless for terminal and log: what could be obeyed is shown as `\u001b`. */
export function printable(text: string): string {
  return text.replace(OBEYED, char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
