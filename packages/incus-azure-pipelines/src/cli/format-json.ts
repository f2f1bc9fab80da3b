import { printable } from '../report/printable.js';

/** A document for programs; what a terminal could obey is escaped, which leaves every text what it is. */
export function formatJson(document: unknown): string {
  return `${printable(JSON.stringify(document, undefined, 2))}\n`;
}
