import type { PlaceholderStatus } from './status-document.js';

/** A placeholder in words: its name, whether it is there, and what that means. */
export function sayPlaceholder({ name, state, why }: PlaceholderStatus): string {
  return `${name}, ${state}: ${why}`;
}
