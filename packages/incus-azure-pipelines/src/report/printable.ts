/** Anything a terminal could obey: control characters but tab and newline, and the marks that turn writing around. */
const OBEYED = /[^\P{Cc}\t\n]|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** Text from guests and from Azure, made harmless for terminal and log: what could be obeyed is shown as `\u001b`. */
export function printable(text: string): string {
  return text.replace(OBEYED, shown);
}

/** The same for a text that is to stay within its line, such as a name in a table: line ends and tabs are shown too. */
export function printableLine(text: string): string {
  return printable(text).replace(/[\t\n\u2028\u2029]/g, shown);
}

function shown(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
